"""Small corrections of LocalStack 4.14.0's own services, each with what is wrong without it."""

import os
import re
import tempfile
import threading

from localstack.runtime import hooks


@hooks.on_infra_start()
def correct_loading():
    load_one_service_at_a_time()


@hooks.on_infra_start()
def correct_lambda():
    use_configured_log_group()
    assign_environments_one_at_a_time()
    update_all_mapping_properties()
    keep_mapping_states_true()


@hooks.on_infra_start()
def correct_s3():
    """Every LocalStack on the machine keeps its objects in one folder in /tmp, whatever TMPDIR says.

    The assets' bucket has the same name in each: a folder that another user's run has made cannot be written to, and
    deleting a bucket takes the folder away from the others.
    """
    from localstack.services.s3 import provider

    provider.DEFAULT_S3_TMP_DIR = os.path.join(tempfile.gettempdir(), "s3")


@hooks.on_infra_start()
def correct_secrets():
    """Names of secrets that a service manages hold a `!` (`redshift!namespace-admin`); LocalStack refuses it."""
    from localstack.services.secretsmanager.provider import SecretsmanagerProvider

    valid = re.compile(r"[A-Za-z0-9/_+=.@!-]+")
    SecretsmanagerProvider._validate_secret_id = staticmethod(lambda name: valid.fullmatch(name) is not None)


def load_one_service_at_a_time():
    """
    A service loads at its first call, in the thread of that call. Two that load at once import the same modules in
    different orders, and one fails ("deadlock detected by _ModuleLock"): for good, as the failure is remembered.
    """
    from localstack.services.plugins import ServiceManager

    require = ServiceManager.require
    loading = threading.RLock()

    def require_alone(self, name):
        with loading:
            return require(self, name)

    ServiceManager.require = require_alone


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

    class Environments(dict):
        """Can be looked through while another thread adds an environment."""

        def values(self):
            return list(super().values())

    def start_environment(self, version_manager_id, function_version):
        environment = start(self, version_manager_id, function_version)
        # Reserved before anyone else can see it, and for this thread alone: others see it before it asks again.
        environment.reserved_for = threading.get_ident()
        environment.status = status.INVOKING
        return environment

    def reserve_environment(self):
        if getattr(self, "reserved_for", None) == threading.get_ident():
            self.reserved_for = None
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


def keep_mapping_states_true():
    """An updated mapping ends as Disabled while it polls, and a disabled one cannot be deleted.

    An update makes a new worker; the old one's thread, which ends later, still writes its own last state. And a
    worker without a running thread never removes its mapping.
    """
    from localstack.services.lambda_.event_source_mapping.esm_worker import EsmWorker

    newest = {}
    create, delete, update_state = EsmWorker.create, EsmWorker.delete, EsmWorker.update_esm_state_in_store

    def create_worker(self):
        newest[self.uuid] = self
        create(self)

    def delete_worker(self):
        delete(self)
        if not self.enabled or self._poller_thread is None or not self._poller_thread.is_alive():
            self.delete_esm_in_store()

    def update_esm_state_in_store(self, new_state):
        if newest.get(self.uuid) is self and self.uuid in self._state.event_source_mappings:
            update_state(self, new_state)

    def delete_esm_in_store(self):
        if newest.get(self.uuid) is self:
            newest.pop(self.uuid)
            self._state.event_source_mappings.pop(self.uuid, None)

    EsmWorker.create = create_worker
    EsmWorker.delete = delete_worker
    EsmWorker.update_esm_state_in_store = update_esm_state_in_store
    EsmWorker.delete_esm_in_store = delete_esm_in_store
