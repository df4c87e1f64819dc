from django.db import migrations


def keep_what_was_published(apps, schema_editor):
    """Until now a published raster was its rows; from now on it is a version that these rows may leave behind."""
    Raster = apps.get_model("scheduling", "Raster")
    RasterVersion = apps.get_model("scheduling", "RasterVersion")
    Raster.objects.filter(published_at=None).update(version=0)
    for raster in Raster.objects.exclude(published_at=None).prefetch_related("blocks__types"):
        RasterVersion.objects.create(
            raster=raster,
            number=raster.version,
            phase=raster.phase,
            published_by="system",
            published_at=raster.published_at,
            content={
                "name": raster.name,
                "weeks": raster.weeks,
                "valid_from": raster.valid_from.isoformat(),
                "valid_until": raster.valid_until.isoformat() if raster.valid_until else None,
                "blocks": [
                    {
                        "key": block.key,
                        "weekday": block.weekday,
                        "start": block.start.isoformat("minutes"),
                        "end": block.end.isoformat("minutes"),
                        "mode": block.mode,
                        "slot_minutes": block.slot_minutes,
                        "start_up_minutes": block.start_up_minutes,
                        "types": sorted(kind.pk for kind in block.types.all()),
                        "workplace": block.workplace_id,
                        "release_minutes": 0,
                        "note": "",
                    }
                    for block in raster.blocks.order_by("weekday", "start", "key")
                ],
            },
        )


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0002_rasters_as_drafts_and_versions")]

    operations = [migrations.RunPython(keep_what_was_published, migrations.RunPython.noop)]
