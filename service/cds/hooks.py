"""The services that a record system may call, each at one hook (cds-hooks.hl7.org/hooks)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from service.settings_ehr import CdsThresholds

ROOT = "/cds-services"
PATIENT_VIEW, ORDER_SELECT, DISCHARGE = "patient-view", "order-select", "encounter-discharge"
#: The patient's own numbers, by which they are found where their id in the client's FHIR server was never sent here.
PREFETCH: Mapping[str, str] = MappingProxyType({"patient": "Patient/{{context.patientId}}"})


@dataclass(frozen=True, slots=True)
class CdsService:
    """One service: its hook, and which fields of the hook's context it cannot do without."""

    hook: str
    required: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The last part of its address."""
        return f"phenomap-{self.hook}"

    @property
    def key(self) -> str:
        """Of its words in the catalogues, and of its threshold in the settings."""
        return self.hook.replace("-", "_")

    def threshold(self, thresholds: CdsThresholds) -> float:
        """From which posterior of the first disease it speaks."""
        value: float = getattr(thresholds, self.key)
        return value


SERVICES: tuple[CdsService, ...] = (
    CdsService(PATIENT_VIEW),
    CdsService(ORDER_SELECT, ("selections", "draftOrders")),
    CdsService(DISCHARGE, ("encounterId",)),
)
BY_ID: Mapping[str, CdsService] = MappingProxyType({service.id: service for service in SERVICES})
