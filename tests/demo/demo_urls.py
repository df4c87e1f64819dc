"""The site as a demo has it: config.urls adds these pages only where settings.DEMO was set at the start."""

from django.urls import include, path

from config.urls import urlpatterns as product

urlpatterns = [*product, path("demo/", include("demo.urls"))]
