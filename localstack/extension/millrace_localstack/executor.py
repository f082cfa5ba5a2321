"""The `process` Lambda executor: Node.js functions as processes of this machine, without Docker."""

from localstack import config
from localstack.services.lambda_.invocation.lambda_models import InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from .sandbox import Sandbox


class ProcessExecutor(RuntimeExecutor):
    """One execution environment. LocalStack makes one more whenever all that a version has are busy."""

    def __init__(self, id, function_version):
        super().__init__(id, function_version)
        self.sandbox = None

    def start(self, env_vars):
        settings = self.function_version.config
        if not (settings.runtime or "").startswith("nodejs"):
            raise ValueError(
                f"{self.function_version.id.function_name} has runtime {settings.runtime}: "
                "only nodejs runtimes run here as processes."
            )
        # Unpacked once per version; all its environments share the folder.
        settings.code.prepare_for_execution()
        self.sandbox = Sandbox(
            name=self.function_version.id.function_name,
            qualifier=self.function_version.id.qualifier,
            code=settings.code.get_unzipped_code_location(),
            runtime=settings.runtime,
            memory_mb=settings.memory_size,
            timeout_seconds=settings.timeout,
            environment={k: str(v) for k, v in env_vars.items() if not k.startswith("LOCALSTACK_")},
        )
        self.sandbox.start()

    def invoke(self, payload):
        outcome = self.sandbox.invoke(payload)
        return InvocationResult(
            request_id=payload["invoke-id"], payload=outcome.body, is_error=outcome.is_error, logs=outcome.logs
        )

    def stop(self):
        if self.sandbox is not None:
            self.sandbox.stop()

    def get_logs(self):
        return "" if self.sandbox is None else self.sandbox.all_output()

    def get_address(self):
        return "127.0.0.1"

    def get_endpoint_from_executor(self):
        return "127.0.0.1"

    def get_runtime_endpoint(self):
        return f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"

    @classmethod
    def prepare_version(cls, function_version):
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version):
        """Leaves the code: a version that changed only its configuration shares the folder; LocalStack deletes it."""

    @classmethod
    def validate_environment(cls):
        return True


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    name = "process"

    def load(self, *args, **kwargs):
        return ProcessExecutor
