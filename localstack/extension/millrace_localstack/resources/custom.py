"""AWS::CloudFormation::CustomResource and Custom::*: the function behind ServiceToken is invoked, and answers by PUT."""

import json
import threading
import uuid

from localstack import config
from localstack.http import Response
from localstack.services.edge import ROUTER

from . import Provider, done, failed, plugin_of

# bootstrap.mjs knows this path too.
PATH = "/_millrace/custom-resource"
# CloudFormation waits up to an hour for an answer.
ANSWER_SECONDS = 3600
# Kept in the model for this provider, not shown to the function.
DATA = "__MillraceData"
OWN = ("PhysicalResourceId", DATA)


class _Answers:
    """Requests waiting for their PUT."""

    def __init__(self):
        self._lock = threading.Lock()
        self._waiting = {}
        self._routed = False

    def expect(self, request_id):
        with self._lock:
            if not self._routed:
                ROUTER.add(f"{PATH}/<request_id>", self._receive, methods=["PUT"])
                self._routed = True
            self._waiting[request_id] = slot = {"arrived": threading.Event()}
            return slot

    def forget(self, request_id):
        with self._lock:
            self._waiting.pop(request_id, None)

    def _receive(self, request, request_id):
        slot = self._waiting.get(request_id)
        if slot is None:
            return Response(status=404)
        slot["body"] = json.loads(request.get_data(as_text=True))
        slot["arrived"].set()
        return Response(status=200)


_answers = _Answers()


class _CustomResource(Provider):
    TYPE = "AWS::CloudFormation::CustomResource"
    PRIMARY = "PhysicalResourceId"
    CREATE_ONLY = ("ServiceToken",)

    def create(self, request):
        return self._run("Create", request)

    def update(self, request):
        return self._run("Update", request)

    def delete(self, request):
        return self._run("Delete", request)

    def _run(self, kind, request):
        request_id = str(uuid.uuid4())
        slot = _answers.expect(request_id)
        try:
            answer = self._ask(slot, _event(kind, request, request_id), request)
        finally:
            _answers.forget(request_id)
        if answer.get("Status") != "SUCCESS":
            return failed(request.desired_state, answer.get("Reason") or "the custom resource failed without a reason")
        if kind == "Delete":
            return done({})
        data = answer.get("Data") or {}
        physical_id = answer.get("PhysicalResourceId") or request_id
        return done({**request.desired_state, **data, DATA: data, "PhysicalResourceId": physical_id})

    def _ask(self, slot, event, request):
        result = request.aws_client_factory.lambda_.invoke(
            FunctionName=event["ServiceToken"], Payload=json.dumps(event, default=str)
        )
        text = result["Payload"].read().decode()
        if result.get("FunctionError"):
            return {"Status": "FAILED", "Reason": f"{event['ServiceToken']} failed: {text[:1000]}"}
        timeout = int(event["ResourceProperties"].get("ServiceTimeout") or ANSWER_SECONDS)
        if not slot["arrived"].wait(timeout):
            return {"Status": "FAILED", "Reason": f"{event['ServiceToken']} sent no answer within {timeout} s"}
        return slot["body"]


def _event(kind, request, request_id):
    previous = request.previous_state or {}
    properties = request.desired_state or previous
    event = {
        "RequestType": kind,
        "RequestId": request_id,
        "StackId": request.stack_id,
        "LogicalResourceId": request.logical_resource_id,
        "ResourceType": request.resource_type,
        "ServiceToken": properties.get("ServiceToken"),
        "ResourceProperties": _plain(properties),
        "ResponseURL": f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}{PATH}/{request_id}",
    }
    if kind != "Create":
        event["PhysicalResourceId"] = previous.get("PhysicalResourceId") or properties.get("PhysicalResourceId")
    if kind == "Update":
        event["OldResourceProperties"] = _plain(previous)
    return event


def _plain(model):
    """The template's own properties: without what an earlier answer has added for GetAtt."""
    added = (*OWN, *model.get(DATA, {}))
    return {name: value for name, value in model.items() if name not in added}


CustomResource = plugin_of(_CustomResource)
