"""Corrections of LocalStack 4.14.0's CloudFormation: what is missing fails, with its name."""

from localstack.runtime import hooks


@hooks.on_infra_start()
def correct_templates():
    fail_for_unknown_resource_types()
    read_numbers_as_text()
    fail_for_unknown_attributes()
    fail_when_something_is_not_deleted()


def fail_for_unknown_resource_types():
    """A type that nobody stands in for counts as created, and its attributes are the word "unknown".

    LocalStack has a setting for it, which asks a catalogue that only its paid edition has.
    """
    from localstack.services.cloudformation.engine.v2 import change_set_model_executor

    change_set_model_executor.should_ignore_unsupported_resource_type = lambda **_: False


def read_numbers_as_text():
    """An attribute that is a number or a boolean cannot be read at all: not to create, to update or to delete."""
    from localstack.services.cloudformation.engine.v2.change_set_model_preproc import (
        ChangeSetModelPreproc,
        get_value_from_path,
    )

    def deployed_property_value_of(self, resource_logical_id, property_name, resolved_resources):
        resource = resolved_resources.get(resource_logical_id)
        if resource is None:
            raise RuntimeError(f"{resource_logical_id} is not deployed, so its {property_name} is not known")
        value = get_value_from_path(resource.get("Properties") or {}, property_name)
        if isinstance(value, bool):
            return str(value).lower()
        return str(value) if isinstance(value, int | float) else value

    ChangeSetModelPreproc._deployed_property_value_of = deployed_property_value_of


def fail_for_unknown_attributes():
    """An attribute that a resource lacks is nothing, in silence."""
    from localstack.services.cloudformation.engine.v2.change_set_model_executor import ChangeSetModelExecutor

    original = ChangeSetModelExecutor._after_deployed_property_value_of

    def after_deployed_property_value_of(self, resource_logical_id, property_name):
        value = original(self, resource_logical_id, property_name)
        if value is None:
            kind = self.resources[resource_logical_id].get("Type")
            raise RuntimeError(f"{resource_logical_id} ({kind}) has no attribute {property_name}")
        return value

    # Only the execution: while a change set is made, attributes are rightly not there yet.
    ChangeSetModelExecutor._after_deployed_property_value_of = after_deployed_property_value_of


def fail_when_something_is_not_deleted():
    """A stack of which resources cannot be deleted counts as deleted, and is forgotten with what it has left.

    It fails, as on AWS, and can be deleted again: what is gone already is passed over, and so is what a failed
    deployment has never made, whose references nothing can resolve.
    """
    from localstack.services.cloudformation.engine.v2.change_set_model_executor import (
        ChangeSetModelExecutor,
        PreprocEntityDelta,
        StackStatus,
    )

    execute = ChangeSetModelExecutor.execute
    execute_resource_change = ChangeSetModelExecutor._execute_resource_change
    visit_node_resource = ChangeSetModelExecutor.visit_node_resource
    visit_node_output = ChangeSetModelExecutor.visit_node_output

    def execute_whole(self):
        stack = self._change_set.stack
        self.deletes_stack = stack.status == StackStatus.DELETE_IN_PROGRESS
        if not self.deletes_stack:
            return execute(self)
        # Each failed resource would set the status of its stack; the caller sets it at the end.
        stack.set_stack_status = lambda *_: None
        try:
            result = execute(self)
        finally:
            del stack.set_stack_status
        left = [name for name, state in stack.resource_states.items() if state["ResourceStatus"] == "DELETE_FAILED"]
        if left or result.failure_message:
            raise RuntimeError(result.failure_message or f"not deleted: {', '.join(left)}")
        return result

    def execute_remaining_change(self, name, before, after):
        if self.deletes_stack and name not in self._change_set.stack.resource_states:
            return
        execute_resource_change(self, name, before, after)

    def visit_made_resource(self, node_resource):
        made = self._change_set.stack.resolved_resources.get(node_resource.name, {})
        if self.deletes_stack and "PhysicalResourceId" not in made:
            return PreprocEntityDelta()
        return visit_node_resource(self, node_resource)

    def visit_output(self, node_output):
        return PreprocEntityDelta() if self.deletes_stack else visit_node_output(self, node_output)

    ChangeSetModelExecutor.execute = execute_whole
    ChangeSetModelExecutor._execute_resource_change = execute_remaining_change
    ChangeSetModelExecutor.visit_node_resource = visit_made_resource
    ChangeSetModelExecutor.visit_node_output = visit_output
