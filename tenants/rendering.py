"""Migrating without drawing nearly every model again for each operation: most of a migration's time."""

from typing import Any

from django.db.migrations import Migration, operations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState, StateApps
from django.db.models import Field

# What these do to a table is said by its own model, and by the tables and keys that it points to.
LEAN = (
    operations.CreateModel,
    operations.AddField,
    operations.AddConstraint,
    operations.RemoveConstraint,
    operations.AddIndex,
    operations.RemoveIndex,
)


class LeanState(ProjectState):
    """The models as the migrations have left them.

    Django renders a model, and whatever is related to it by any number of steps, anew for each thing that
    happens to its table, and before each operation copies every model's description. In a migration that is
    `lean` a new field is rendered with its own model only, a constraint or an index not at all (the rendered
    model is told of it, and stays), and what is not changed is not copied. What the other models then say
    about their neighbours is out of date: `is_delayed` says so, as it does for Django itself.
    """

    is_lean = False

    def prepare(self, migration: Migration) -> None:
        """Get ready for a migration: one that looks at a model's neighbours finds them up to date."""
        self.is_lean = all(self._is_lean(migration.app_label, each) for each in migration.operations)
        if not self.is_lean and self.is_delayed:
            self.apps = StateApps(list(self.real_apps), self.models)
            self.is_delayed = False

    def _is_lean(self, app_label: str, operation: Operation) -> bool:
        if isinstance(operation, operations.RunSQL):
            return not operation.state_operations
        if isinstance(operation, operations.AlterField):
            model = self.models.get((app_label, operation.model_name_lower))
            before = model and model.fields.get(operation.name)
            return before is not None and _stands_alone(before) and _stands_alone(operation.field)
        return isinstance(operation, LEAN)

    def clone(self) -> ProjectState:
        """The state before an operation."""
        if not self.is_lean:
            return super().clone()
        before = LeanState(dict(self.models), self.real_apps)
        before.__dict__.update(apps=self.apps, is_delayed=self.is_delayed)
        return before

    def _find_reload_model(self, app_label: str, model_name: str, delay: bool = False) -> set[Any]:
        if not self.is_lean:
            return super()._find_reload_model(app_label, model_name, delay)  # type: ignore[misc]
        # The state before keeps the models it has.
        self.apps = self.apps.clone()
        self.is_delayed = True
        return {(app_label, model_name)}

    def _own(self, app_label: str, model_name: str) -> ModelState:
        """The description of a model, to be changed: the state before keeps its own."""
        if self.is_lean:
            self.models[app_label, model_name] = self.models[app_label, model_name].clone()
        return self.models[app_label, model_name]

    def add_field(self, app_label: str, model_name: str, *args: Any) -> None:
        """Enter a new field."""
        self._own(app_label, model_name)
        super().add_field(app_label, model_name, *args)

    def alter_field(self, app_label: str, model_name: str, *args: Any) -> None:
        """Enter a field in the place of another."""
        self._own(app_label, model_name)
        super().alter_field(app_label, model_name, *args)

    def _append_option(self, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
        self._set(
            app_label, model_name, option_name, [*self._option(app_label, model_name, option_name), obj]
        )

    def _remove_option(self, app_label: str, model_name: str, option_name: str, obj_name: str) -> None:
        known = self._option(app_label, model_name, option_name)
        self._set(app_label, model_name, option_name, [obj for obj in known if obj.name != obj_name])

    def _option(self, app_label: str, model_name: str, option_name: str) -> list[Any]:
        return list(self.models[app_label, model_name].options[option_name])

    def _set(self, app_label: str, model_name: str, option_name: str, value: list[Any]) -> None:
        self._own(app_label, model_name).options[option_name] = value
        if "apps" in self.__dict__:
            model = self.apps.get_model(app_label, model_name)
            setattr(model._meta, option_name, list(value))


def _stands_alone(field: Field) -> bool:
    """Whether no other table can point to what this field stores, nor it to another."""
    return not (field.is_relation or field.unique or field.primary_key)


class LeanExecutor(MigrationExecutor):
    """Django's executor, which keeps its models in a LeanState."""

    def apply_migration(self, state: ProjectState, migration: Migration, *args: Any, **kwargs: Any) -> Any:
        """Run a migration forwards, as lean as it allows."""
        if isinstance(state, LeanState):
            state.prepare(migration)
        return super().apply_migration(state, migration, *args, **kwargs)

    def _create_project_state(self, with_applied_migrations: bool = False) -> LeanState:
        state = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]
        return LeanState(state.models, state.real_apps)
