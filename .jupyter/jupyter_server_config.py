"""Settings of the course's JupyterLab, used when course.py opens it.

Nothing here is needed for the course to work: it makes the labs answer faster and keeps
JupyterLab from asking the network for news, updates and extensions.
"""

import inspect

c = get_config()  # noqa: F821 (Jupyter defines it)
c.LabApp.extension_manager = "readonly"
c.LabApp.check_for_updates_class = "jupyterlab.handlers.announcements.NeverCheckForUpdate"


def send_at_once(handler):
    """Make a kernel's WebSocket send each message at once.

    By default the system waits some 40 ms for more to send (Nagle's algorithm meeting delayed
    acknowledgements), which a slider makes visible. Left alone if the handler isn't as expected.
    """
    opened = getattr(handler, "open", None)
    if not (inspect.iscoroutinefunction(opened) and hasattr(handler, "set_nodelay")):
        return False

    async def open_without_delay(self, *args, **kwargs):
        result = await opened(self, *args, **kwargs)
        if getattr(self, "ws_connection", None) is not None:
            self.set_nodelay(True)
        return result

    handler.open = open_without_delay
    return True


try:
    from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
except ImportError:
    pass
else:
    send_at_once(KernelWebsocketHandler)
