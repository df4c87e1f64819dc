from django.urls import URLPattern, URLResolver, path

from demo import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("mail/", views.mails, name="demo-mails"),
    path("mail/<str:key>/", views.mail, name="demo-mail"),
    path("mail/<str:key>/html/", views.mail_html, name="demo-mail-html"),
    path("mail/<str:key>/part/<int:number>/", views.mail_part, name="demo-mail-part"),
    path("sms/", views.texts, name="demo-texts"),
]
