"""MSK event source mappings: LocalStack keeps them, the project's event source worker lists them and polls Kafka."""

import time

from localstack.services.lambda_.event_source_mapping.pollers.poller import EmptyPollResultsException, Poller
from localstack.services.lambda_.hooks import create_event_source_poller, set_event_source_config_defaults

# What Lambda answers for a mapping that says nothing about them.
DEFAULTS = {"BatchSize": 100, "MaximumBatchingWindowInSeconds": 0, "DestinationConfig": {"OnFailure": {}}}
# Only provisioned mode has these.
PROVISIONED_DEFAULTS = {
    "BisectBatchOnFunctionError": False,
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "FunctionResponseTypes": [],
}


class PolledElsewhere(Poller):
    """Keeps LocalStack's worker of the mapping, which knows its state, and never finds an event."""

    def __init__(self, arn=None, client=None, processor=None):
        super().__init__(source_arn=arn, source_client=client, processor=processor)

    def event_source(self):
        return "aws:kafka"

    def poll_events(self):
        time.sleep(1)
        raise EmptyPollResultsException(service="kafka", source_arn=self.source_arn)


@create_event_source_poller()
def create_kafka_poller(holder, source_service, esm_config):
    if source_service == "kafka" or esm_config.get("SelfManagedEventSource"):
        holder.create_poller_fn = PolledElsewhere


@set_event_source_config_defaults()
def set_kafka_defaults(params, request, service):
    if service != "kafka" and not request.get("SelfManagedEventSource"):
        return
    params.update(DEFAULTS)
    if request.get("ProvisionedPollerConfig"):
        params.update(PROVISIONED_DEFAULTS)
    kind = "SelfManagedKafkaEventSourceConfig" if request.get("SelfManagedEventSource") else "AmazonManagedKafkaEventSourceConfig"
    params[kind] = {"ConsumerGroupId": params["UUID"]}
