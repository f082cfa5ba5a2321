"""CloudFormation resource types that LocalStack lacks."""

from localstack.services.cloudformation.resource_provider import (
    CloudFormationResourceProviderPlugin,
    OperationStatus,
    ProgressEvent,
    ResourceProvider,
)

__all__ = ["Provider", "done", "failed", "plugin_of"]


class Provider(ResourceProvider):
    """A provider declares TYPE, the property that Ref gives, and which properties cannot change in place."""

    TYPE: str
    PRIMARY: str
    CREATE_ONLY: tuple[str, ...] = ()

    def __init_subclass__(cls):
        if hasattr(cls, "TYPE"):
            cls.SCHEMA = {
                "typeName": cls.TYPE,
                "primaryIdentifier": [f"/properties/{cls.PRIMARY}"],
                "createOnlyProperties": [f"/properties/{name}" for name in cls.CREATE_ONLY],
                "readOnlyProperties": [],
                "properties": {},
            }


def done(model):
    return ProgressEvent(status=OperationStatus.SUCCESS, resource_model=model)


def failed(model, message):
    return ProgressEvent(status=OperationStatus.FAILED, resource_model=model, message=message)


def plugin_of(provider):
    """The class that an entry point names for a provider."""

    class Plugin(CloudFormationResourceProviderPlugin):
        name = provider.TYPE

        def load(self):
            self.factory = provider

    Plugin.__name__ = Plugin.__qualname__ = f"{provider.__name__}Plugin"
    return Plugin
