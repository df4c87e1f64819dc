import uuid

from django.db import migrations, models


def name_each(apps, schema_editor):
    CallTask = apps.get_model("notifications", "CallTask")
    for pk in CallTask.objects.values_list("pk", flat=True):
        CallTask.objects.filter(pk=pk).update(public_id=uuid.uuid4())


class Migration(migrations.Migration):
    """A call task is about a patient: outside it goes by a name that cannot be counted on from."""

    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.AddField("calltask", "public_id", models.UUIDField(null=True, editable=False)),
        migrations.RunPython(name_each, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            "calltask", "public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
        ),
    ]
