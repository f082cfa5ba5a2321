"""Resource types whose life cycle is in the project's services: POST $MILLRACE_CFN for create, update and delete."""

import json
import os
import urllib.error
import urllib.request

from . import Provider, done, failed, plugin_of

TIMEOUT_SECONDS = 300


class RemoteProvider(Provider):
    def create(self, request):
        return self._call("create", request)

    def update(self, request):
        return self._call("update", request)

    def delete(self, request):
        return self._call("delete", request)

    def _call(self, action, request):
        body = {
            "action": action,
            "type": self.TYPE,
            "logicalId": request.logical_resource_id,
            "stack": request.stack_name,
            "region": request.region_name,
            "account": request.account_id,
            "desired": request.desired_state,
            "previous": request.previous_state,
        }
        try:
            answer = _post(os.environ["MILLRACE_CFN"], body)
        except (urllib.error.URLError, ValueError, KeyError) as error:
            return failed(request.desired_state, f"{self.TYPE}: the project's services do not answer: {error}")
        if "error" in answer:
            return failed(request.desired_state, str(answer["error"]))
        return done(answer.get("model", {}))


def _post(url, body):
    data = json.dumps(body, default=str).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        # An error answer has a body of the same form.
        return json.load(error)


class _MskCluster(RemoteProvider):
    TYPE = "AWS::MSK::Cluster"
    PRIMARY = "Arn"
    CREATE_ONLY = ("ClusterName",)


class _MskConfiguration(RemoteProvider):
    TYPE = "AWS::MSK::Configuration"
    PRIMARY = "Arn"
    CREATE_ONLY = ("Name", "KafkaVersionsList")


class _MskTopic(RemoteProvider):
    TYPE = "AWS::MSK::Topic"
    PRIMARY = "TopicArn"
    CREATE_ONLY = ("ClusterArn", "TopicName")


class _RedshiftServerlessNamespace(RemoteProvider):
    TYPE = "AWS::RedshiftServerless::Namespace"
    PRIMARY = "NamespaceName"
    CREATE_ONLY = ("NamespaceName",)


class _RedshiftServerlessWorkgroup(RemoteProvider):
    TYPE = "AWS::RedshiftServerless::Workgroup"
    PRIMARY = "WorkgroupName"
    CREATE_ONLY = ("WorkgroupName",)


MskCluster = plugin_of(_MskCluster)
MskConfiguration = plugin_of(_MskConfiguration)
MskTopic = plugin_of(_MskTopic)
RedshiftServerlessNamespace = plugin_of(_RedshiftServerlessNamespace)
RedshiftServerlessWorkgroup = plugin_of(_RedshiftServerlessWorkgroup)
