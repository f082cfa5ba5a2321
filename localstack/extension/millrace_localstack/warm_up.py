"""Services load at their first call, which takes seconds each: they are loaded while other engines start."""

import logging
import os
import threading

from localstack.runtime import hooks

LOG = logging.getLogger(__name__)


@hooks.on_infra_ready()
def load_services():
    names = [name for name in os.environ.get("MILLRACE_WARM_UP", "").split(",") if name]
    threading.Thread(target=_load, args=(names,), daemon=True).start()


def _load(names):
    from localstack.services.plugins import SERVICE_PLUGINS

    for name in names:
        try:
            SERVICE_PLUGINS.require(name)
        except Exception as error:
            LOG.warning("%s cannot be loaded: %s", name, error)
