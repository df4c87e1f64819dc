import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0004_recipients_required"),
        ("people", "0002_consent"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MessageText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("confirmation", "confirmation"),
                            ("day_before", "reminder the day before"),
                            ("hour_before", "reminder the hour before"),
                            ("moved", "moved"),
                            ("form_changed", "other form of contact"),
                            ("cancelled", "cancelled"),
                            ("delay", "the clinic runs late"),
                            ("almost", "almost your turn"),
                            ("invitation", "invitation to plan"),
                            ("freed_place", "a place has come free"),
                            ("feedback", "how did it go"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "channel",
                    models.CharField(choices=[("mail", "e-mail and inbox"), ("sms", "text message")], max_length=4),
                ),
                ("language", models.CharField(choices=[("nl", "Dutch"), ("en", "English")], max_length=5)),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("any", "all forms"),
                            ("video", "video call"),
                            ("phone", "phone call"),
                            ("visit", "visit"),
                            ("written", "in writing"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "body",
                    models.TextField(
                        help_text="In the language of notifications/content/language.py, subject and all."
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "is_default",
                    models.BooleanField(default=False, help_text="Back to the default text, whatever that becomes."),
                ),
                (
                    "warnings",
                    models.JSONField(blank=True, default=list, help_text="What was found and saved all the same."),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="message_texts",
                        to="people.department",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="message_texts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("department", "kind", "channel", "language", "form", "version"),
                        name="message_text_version",
                    )
                ],
            },
        ),
    ]
