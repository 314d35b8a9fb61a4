"""Migrating without drawing every model again for a constraint or an index: most of a migration's time."""

from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


class LeanState(ProjectState):
    """The models as the migrations have left them.

    Django renders a model, and each that is related to it, anew for whatever happens to its table. A
    constraint or an index changes no field and no relation: the rendered model is told of it, and stays.
    """

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
        self.models[app_label, model_name].options[option_name] = value
        if "apps" in self.__dict__:
            model = self.apps.get_model(app_label, model_name)
            setattr(model._meta, option_name, list(value))


class LeanExecutor(MigrationExecutor):
    """Django's executor, which keeps its models in a LeanState."""

    def _create_project_state(self, with_applied_migrations: bool = False) -> LeanState:
        state = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]
        return LeanState(state.models, state.real_apps)
