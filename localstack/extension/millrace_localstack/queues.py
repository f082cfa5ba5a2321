"""SQS event source mappings as quick and as parallel as on AWS.

LocalStack polls a queue about once a second and runs one batch at a time. Here the poll is a long poll, which ends
when a message arrives, and the groups of a FIFO queue run side by side, each in order: on AWS the number of groups
with messages is the concurrency.
"""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from localstack.runtime import hooks

LOG = logging.getLogger(__name__)

LONG_POLL_SECONDS = 2
# Groups run at once where the mapping sets no MaximumConcurrency.
PARALLEL_GROUPS = 10
# How often delayed and returned messages are looked for; LocalStack looks once a second.
UPDATE_SECONDS = 0.1


@hooks.on_infra_start()
def improve_queue_polling():
    from localstack.services.lambda_.event_source_mapping.pollers import sqs_poller
    from localstack.services.sqs import models, provider

    plain_poll = sqs_poller.SqsPoller.poll_events

    def poll_events(self):
        # A mapping that collects batches over time keeps LocalStack's way.
        if self.maximum_batching_window > 0 or self.batch_size > 10:
            return plain_poll(self)
        work = _work_of(self)
        work.slots.acquire()
        try:
            messages = _receive(self)
            if not messages:
                raise sqs_poller.EmptyPollResultsException(service="sqs", source_arn=self.source_arn)
            groups = sqs_poller.split_by_message_group_id(messages).values() if self.is_fifo_queue else [messages]
        except BaseException:
            work.slots.release()
            raise
        for position, group in enumerate(groups):
            if position > 0:
                work.slots.acquire()
            work.pool.submit(_handle, self, group, work.slots)

    def start_update_worker(self):
        with self.mutex:
            if self.thread:
                return
            self.scheduler = provider.Scheduler()
            self.scheduler.schedule(self.do_update_all_queues, period=UPDATE_SECONDS)
            self.thread = provider.start_thread(lambda *_: self.scheduler.run(), name="sqs-queue-update-worker")

    sqs_poller.SqsPoller.poll_events = poll_events
    provider.QueueUpdateWorker.start = start_update_worker
    models.FifoQueue.requeue_inflight_messages = _requeue_by_group


class _Work:
    def __init__(self, concurrency):
        self.slots = threading.Semaphore(concurrency)
        self.pool = ThreadPoolExecutor(concurrency, thread_name_prefix="sqs-mapping")


def _work_of(poller):
    work = getattr(poller, "_millrace_work", None)
    if work is None:
        work = poller._millrace_work = _Work(PARALLEL_GROUPS if poller.is_fifo_queue else 1)
    return work


def _receive(poller):
    response = poller.source_client.receive_message(
        QueueUrl=poller.queue_url,
        MaxNumberOfMessages=poller.batch_size,
        WaitTimeSeconds=LONG_POLL_SECONDS,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["All"],
    )
    return response.get("Messages", [])


def _handle(poller, messages, slots):
    try:
        poller.handle_messages(messages)
    except Exception as error:
        # The messages come back when their visibility timeout has passed.
        LOG.warning("a batch of %s failed: %s", poller.source_arn, error, exc_info=LOG.isEnabledFor(logging.DEBUG))
    finally:
        slots.release()


def _requeue_by_group(self):
    """A message in flight holds back its own group only; LocalStack lets it hold back every group."""
    if not self.inflight:
        return
    with self.mutex:
        waiting = set()
        for message in list(self.inflight):
            if message.message_group_id in waiting:
                continue
            if not message.is_visible:
                waiting.add(message.message_group_id)
                continue
            del self.inflight[message]
            self._put_message(message)
