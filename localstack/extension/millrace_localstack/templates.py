"""Corrections of LocalStack 4.14.0's CloudFormation: what is missing fails, with its name."""

from localstack.runtime import hooks


@hooks.on_infra_start()
def correct_templates():
    fail_for_unknown_resource_types()
    fail_for_unknown_attributes()


def fail_for_unknown_resource_types():
    """A type that nobody stands in for counts as created, and its attributes are the word "unknown".

    LocalStack has a setting for it, which asks a catalogue that only its paid edition has.
    """
    from localstack.services.cloudformation.engine.v2 import change_set_model_executor

    change_set_model_executor.should_ignore_unsupported_resource_type = lambda **_: False


def fail_for_unknown_attributes():
    """An attribute that a resource lacks is nothing, in silence; one that is a number cannot be read at all."""
    from localstack.services.cloudformation.engine.v2.change_set_model_executor import ChangeSetModelExecutor
    from localstack.services.cloudformation.engine.v2.change_set_model_preproc import get_value_from_path

    def after_deployed_property_value_of(self, resource_logical_id, property_name):
        resource = self.resources.get(resource_logical_id)
        if resource is None:
            raise RuntimeError(f"{resource_logical_id} is not deployed, so its {property_name} is not known")
        value = get_value_from_path(resource.get("Properties") or {}, property_name)
        if value is None:
            raise RuntimeError(f"{resource_logical_id} ({resource.get('Type')}) has no attribute {property_name}")
        if isinstance(value, bool):
            return str(value).lower()
        return str(value) if isinstance(value, int | float) else value

    # Only the execution: while a change set is made, attributes are rightly not there yet.
    ChangeSetModelExecutor._after_deployed_property_value_of = after_deployed_property_value_of
