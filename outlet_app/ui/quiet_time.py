"""A time that runs out by itself; what the machine slept through counts."""

from PySide6.QtCore import QObject, QTimer, Signal

from outlet_app.boot_clock import seconds_awake_and_asleep

TICK_MS = 500


class QuietTime(QObject):
    """Emits ``over`` once when its seconds have passed since the start, at the latest a tick after that."""

    over = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._began_at_s = 0.0
        self._limit_s = 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)

    @property
    def is_running(self) -> bool:
        """It has begun and is not over."""
        return self._timer.isActive()

    @property
    def left_s(self) -> float:
        """Seconds that are left, 0 when they have passed."""
        return max(0.0, self._began_at_s + self._limit_s - seconds_awake_and_asleep())

    def start(self, limit_s: float) -> None:
        """Begin, or begin anew."""
        self._began_at_s = seconds_awake_and_asleep()
        self.change(limit_s)

    def change(self, limit_s: float) -> None:
        """Another limit, counted from the same beginning."""
        self._limit_s = limit_s
        self._timer.start(min(TICK_MS, round(self.left_s * 1000)))

    def stop(self) -> None:
        """It will not be over any more."""
        self._timer.stop()

    def _look(self) -> None:
        if self.left_s:
            self._timer.setInterval(TICK_MS)
            return
        self._timer.stop()
        self.over.emit()
