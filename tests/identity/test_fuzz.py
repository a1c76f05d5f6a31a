"""What schemathesis makes of the routes of identity: whatever an administrator sends, the answer is as documented."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.actors import Permission
from service.app import create_app
from service.identity.roles import Role, actor_with

CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance)


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_every_operation_on_accounts_answers_as_documented(assessor, keeping, person, mode):
    root = person("root", Role.ADMINISTRATOR)
    actor = actor_with(root.id, [(root.department, Role.ADMINISTRATOR)])
    assert Permission.MANAGE_ACCOUNTS in actor.permissions
    app = create_app(assessor, keeping=keeping, hosts=frozenset({"testserver"}), actor_of=lambda request: actor)
    document = schemathesis.openapi.from_asgi("/openapi.json", app).include(tag=["accounts"])
    operations = [found.ok() for found in document.get_all_operations()]
    assert len(operations) == 11
    for operation in operations:
        takes_anything = bool(list(operation.iter_parameters())) or bool(len(operation.body))
        if mode is schemathesis.GenerationMode.NEGATIVE and not takes_anything:
            continue

        @settings(
            max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def answered(case):
            case.call_and_validate(checks=CHECKS)

        answered()
