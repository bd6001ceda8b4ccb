"""How good a dataset is, shown and not hidden: points, stars, principles, timeliness, each with what would raise it."""

from ckanext.ntbsatudata.domain.quality.metrics import Evidence
from ckanext.ntbsatudata.domain.quality.report import QualityReport, assess
from ckanext.ntbsatudata.domain.quality.scales import Scales
from ckanext.ntbsatudata.domain.quality.timeliness import Timeliness, TimelinessState, timeliness

__all__ = ["Evidence", "QualityReport", "Scales", "Timeliness", "TimelinessState", "assess", "timeliness"]
