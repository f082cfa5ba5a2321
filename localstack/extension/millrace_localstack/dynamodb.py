"""LocalStack's own DynamoDB provider over a DynamoDB Local that runs already, at DYNAMODB_LOCAL_PORT."""

import os

from localstack.runtime import hooks


@hooks.on_infra_start()
def use_running_dynamodb_local():
    if not os.environ.get("DYNAMODB_LOCAL_PORT"):
        return
    from localstack.services.dynamodb.server import DynamodbServer

    # LocalStack would download one from outside the package registries.
    DynamodbServer.start_dynamodb = lambda self: True
    DynamodbServer.wait_for_dynamodb = lambda self: None
