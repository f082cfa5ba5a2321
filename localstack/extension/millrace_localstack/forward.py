"""Whole services go to the project's own process, with what LocalStack knows about the call in headers.

MILLRACE_FORWARD="kafka=http://127.0.0.1:4570,redshift-data=http://127.0.0.1:4570"; keys are botocore service names.
"""

import json
import logging
import os

import requests
from localstack.http.proxy import Proxy
from localstack.runtime import hooks
from rolo.request import get_raw_path

LOG = logging.getLogger(__name__)


@hooks.on_infra_start()
def install_forwarding():
    proxies = _proxies(os.environ.get("MILLRACE_FORWARD", ""))
    if not proxies:
        return
    from localstack.aws.handlers import serve_custom_service_request_handlers

    def forward(chain, context, response):
        proxy = proxies.get(context.service.service_name) if context.service else None
        if proxy is None:
            return
        headers = {
            "x-millrace-service": context.service.service_name,
            "x-millrace-operation": context.operation.name,
            "x-millrace-region": context.region,
            "x-millrace-account": context.account_id,
        }
        try:
            answer = proxy.forward(context.request, get_raw_path(context.request), headers=headers)
            response.update_from(answer)
        except requests.RequestException as error:
            LOG.error("%s at %s does not answer: %s", context.service.service_name, proxy.forward_base_url, error)
            _unavailable(response, proxy.forward_base_url)
        chain.stop()

    serve_custom_service_request_handlers.append(forward)
    LOG.info("forwarding %s", ", ".join(sorted(proxies)))


def _proxies(text):
    pairs = (pair.split("=", 1) for pair in text.split(",") if "=" in pair)
    return {name.strip(): Proxy(url.strip(), preserve_host=True) for name, url in pairs}


def _unavailable(response, url):
    response.status_code = 503
    response.headers["x-amzn-errortype"] = "ServiceUnavailableException"
    message = f"The project's services at {url} do not answer."
    response.set_response(json.dumps({"__type": "ServiceUnavailableException", "message": message}).encode())
