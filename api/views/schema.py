from drf_spectacular.views import SpectacularAPIView


class Schema(SpectacularAPIView):
    """OpenAPI 3.1 of all that is under /api/v1/: YAML, or JSON with ?format=json."""

    http_method_names = ["get", "head"]
    metadata_class = None
