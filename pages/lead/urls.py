from django.urls import path

from pages.lead import agreements, materials, pathways, text_editing, text_history, texts

TEXT = "berichten/teksten/<slug:kind>/<slug:channel>/<slug:language>/<slug:form>/"

urlpatterns = [
    path("zorgpaden/", pathways.pathways, name="pathways"),
    path("zorgpaden/nieuw/", pathways.new, name="pathway-new"),
    path("zorgpaden/<int:pk>/", pathways.change, name="pathway"),
    path("berichten/teksten/", texts.texts, name="texts"),
    path(TEXT, text_editing.text, name="text"),
    path(f"{TEXT}opslaan/", text_editing.save, name="text-save"),
    path(f"{TEXT}voorbeeld/", text_editing.judged, name="text-judged"),
    path(f"{TEXT}versies/", text_history.versions, name="text-versions"),
    path(f"{TEXT}terug/", text_history.restore, name="text-restore"),
    path(f"{TEXT}standaard/", text_history.default, name="text-default"),
    path("berichten/afspraken/", agreements.agreements, name="agreements"),
    path("berichten/uitleg/", materials.materials, name="instructions"),
    path("berichten/uitleg/lijst/", materials.shelves, name="instructions-list"),
    path("berichten/uitleg/nieuw/", materials.add, name="instruction-new"),
    path("berichten/uitleg/<int:pk>/", materials.change, name="instruction-change"),
    path("berichten/uitleg/<int:pk>/weg/", materials.remove, name="instruction-remove"),
    path("berichten/uitleg/<int:pk>/plaats/", materials.move, name="instruction-move"),
    path("berichten/uitleg/<int:pk>/controle/", materials.check, name="instruction-check"),
]
