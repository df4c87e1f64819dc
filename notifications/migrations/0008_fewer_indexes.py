
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0007_message_link"),
        ("people", "0002_consent"),
        ("scheduling", "0006_planning_desk"),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="appointment",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="scheduling.appointment",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="department",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="people.department",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="patient",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="people.patient",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("channel__in", ["email", "sms"]), ("link_ref__isnull", True), ("state", "sent")),
                fields=["appointment"],
                name="message_bare",
            ),
        ),
    ]
