"""Small corrections of LocalStack 4.14.0's Lambda service, each with what is wrong without it."""

import threading

from localstack.runtime import hooks


@hooks.on_infra_start()
def correct_lambda():
    use_configured_log_group()
    assign_environments_one_at_a_time()
    update_all_mapping_properties()


def use_configured_log_group():
    """LoggingConfig.LogGroup is accepted and ignored: logs go to /aws/lambda/NAME."""
    from localstack.services.lambda_.invocation.execution_environment import ExecutionEnvironment

    default = ExecutionEnvironment.get_log_group_name

    def get_log_group_name(self):
        return (self.function_version.config.logging_config or {}).get("LogGroup") or default(self)

    ExecutionEnvironment.get_log_group_name = get_log_group_name


def assign_environments_one_at_a_time():
    """Two invocations at once can be given the same new environment, and one of them then fails."""
    from localstack.services.lambda_.invocation import assignment, execution_environment

    status = execution_environment.RuntimeStatus
    start = assignment.AssignmentService.start_environment
    reserve = execution_environment.ExecutionEnvironment.reserve
    lock = threading.RLock()

    class Environments(dict):
        """Can be looked through while another thread adds an environment."""

        def values(self):
            return list(super().values())

    def start_environment(self, version_manager_id, function_version):
        environment = start(self, version_manager_id, function_version)
        # Reserved before anyone else can see it.
        environment.reserved_by_starter = True
        environment.status = status.INVOKING
        return environment

    def reserve_environment(self):
        with lock:
            if getattr(self, "reserved_by_starter", False):
                self.reserved_by_starter = False
                return
        reserve(self)

    def init(self):
        original_init(self)
        self.environments.default_factory = Environments

    original_init = assignment.AssignmentService.__init__
    assignment.AssignmentService.__init__ = init
    assignment.AssignmentService.start_environment = start_environment
    execution_environment.ExecutionEnvironment.reserve = reserve_environment


def update_all_mapping_properties():
    """A stack update of a mapping forgets ProvisionedPollerConfig."""
    from localstack.services.lambda_.resource_providers import aws_lambda_eventsourcemapping as mapping

    original = mapping.LambdaEventSourceMappingProvider.update

    def update(self, request):
        result = original(self, request)
        provisioned = request.desired_state.get("ProvisionedPollerConfig")
        if provisioned is not None:
            request.aws_client_factory.lambda_.update_event_source_mapping(
                UUID=request.previous_state["Id"], ProvisionedPollerConfig=provisioned
            )
        return result

    mapping.LambdaEventSourceMappingProvider.update = update
