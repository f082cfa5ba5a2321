"""Types that are accepted and do nothing here: the template test lists them as recorded, the README what that means."""

import uuid

from . import Provider, done, plugin_of


class RecordedProvider(Provider):
    PREFIX: str

    def create(self, request):
        model = request.desired_state
        model.setdefault(self.PRIMARY, f"{self.PREFIX}{uuid.uuid4().hex[:17]}")
        return done(model)

    def update(self, request):
        return done({**(request.previous_state or {}), **request.desired_state})

    def delete(self, request):
        return done({})


class _FlowLog(RecordedProvider):
    TYPE = "AWS::EC2::FlowLog"
    PRIMARY = "Id"
    PREFIX = "fl-"
    CREATE_ONLY = ("ResourceId", "ResourceType", "TrafficType", "LogDestination", "LogDestinationType", "LogGroupName")


class _MetricFilter(RecordedProvider):
    TYPE = "AWS::Logs::MetricFilter"
    PRIMARY = "FilterName"
    PREFIX = "filter-"
    CREATE_ONLY = ("FilterName", "LogGroupName")


FlowLog = plugin_of(_FlowLog)
MetricFilter = plugin_of(_MetricFilter)
