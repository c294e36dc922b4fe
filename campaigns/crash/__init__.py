"""kill -9 and power cuts by the thousand: no record is lost or doubled."""
