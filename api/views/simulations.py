"""Simulating a raster: answered at once where nobody has to wait for it, else in the background (PP-31)."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import Refused, invalid
from api.schema import answer_header, describe
from api.serializers.consults import Nothing
from api.serializers.simulations import CURRENT, DRAFT, SimulationIn, SimulationOut
from api.views.rasters import RasterEndpoint
from people.permissions import Permission
from scheduling.actions.simulations import start_simulation, stop_simulation
from scheduling.models import Raster, SimulationRun
from scheduling.queries.simulation import Question, question_about
from scheduling.simulation_documents import write_answer
from scheduling.simulations import answer
from scheduling.tasks import simulate_soon

LOCATION = answer_header("Location", "Where the simulation is found.", 202)


class Simulations(RasterEndpoint):
    @describe(
        "rasters_simulate",
        "What this raster does to a half-day, beside the published one.",
        SimulationOut,
        request=SimulationIn,
        later=SimulationOut,
        headers=[LOCATION],
    )
    def post(self, request: Request, pk: int) -> Response:
        sent = self.sent(SimulationIn)
        desk, raster = self.raster(pk, Permission.SEE_RASTERS)
        question, now = self._question(raster, sent), self.clock()
        asked = {"days": sent["days"], "seed": sent["seed"]}
        if not question.takes_long(sent["days"]):
            total = sent["days"] * len(question.to_hold)
            found = SimulationRun(
                state=SimulationRun.State.DONE,
                done=total,
                total=total,
                asked_at=now,
                result=write_answer(answer(question, **asked)),
            )
            return Response(SimulationOut(found).data)
        run = start_simulation(raster=raster, question=question, by=desk.actor, now=now, **asked)
        simulate_soon(run)
        where = request.build_absolute_uri(reverse("api-raster-simulation", args=[raster.pk, run.pk]))
        return Response(SimulationOut(run).data, status=202, headers={"Location": where})

    def _question(self, raster: Raster, sent: dict[str, Any]) -> Question:
        question = question_about(
            raster,
            now=self.clock(),
            draft=sent["which"] != CURRENT,
            current=sent["which"] != DRAFT,
            only=sent["half_day"],
            assumptions=sent["assumptions"],
            durations=sent["durations"],
        )
        errors = {}
        if set(sent["durations"]) - set(question.types):
            errors["durations"] = [_("Name only types that this raster allows.")]
        if sent["half_day"] and not question.half_days:
            errors["half_day"] = [_("This raster has no consults to simulate on that half-day.")]
        if errors:
            raise Refused(invalid(errors))
        return question


class SimulationEndpoint(RasterEndpoint):
    def simulation(self, pk: int, run: int) -> SimulationRun:
        _desk, raster = self.raster(pk, Permission.SEE_RASTERS)
        found = raster.simulations.filter(pk=run).first()
        if found is None:
            raise Http404
        return found


class OneSimulation(SimulationEndpoint):
    @describe("rasters_simulation", "How far a simulation is, and its result once it is there.", SimulationOut)
    def get(self, request: Request, pk: int, run: int) -> Response:
        return Response(SimulationOut(self.simulation(pk, run)).data)


class StopSimulation(SimulationEndpoint):
    @describe(
        "rasters_simulation_stop",
        "Stop a simulation. One that has ended stays as it is.",
        SimulationOut,
        request=Nothing,
    )
    def post(self, request: Request, pk: int, run: int) -> Response:
        held = self.simulation(pk, run)
        stop_simulation(run=held, now=self.clock())
        held.refresh_from_db()
        return Response(SimulationOut(held).data)
