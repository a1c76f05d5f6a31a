"""Problems as answers, in the language of whoever asks; see service.problems for their shape.

Under /fhir a problem is an OperationOutcome (service.fhir.outcome).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from service.asking import language_asked
from service.catalogues import DICTIONARIES, FIRST
from service.error_sentences import ERROR_SENTENCES
from service.fhir.names import FHIR_JSON
from service.fhir.outcome import is_fhir, outcome
from service.problems import KINDS, PROBLEM_JSON, Fault, Problem

_MOST_FAULTS = 100


class ProblemAnswer(JSONResponse):
    """A problem; it is put into the language and the shape of what was asked as it is sent, where these are known."""

    media_type = PROBLEM_JSON

    def __init__(self, problem: Problem, more: str = "", headers: Mapping[str, str] | None = None) -> None:
        self._problem, self._more = problem, more
        super().__init__(self._told(FIRST).model_dump(exclude_none=True), problem.status, headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        language = language_asked(HTTPConnection(scope))
        fhir = is_fhir(scope["path"])
        if language != FIRST or fhir:
            problem = self._told(language)
            self.body = self.render(outcome(problem) if fhir else problem.model_dump(exclude_none=True))
            self.headers["Content-Length"] = str(len(self.body))
        if language != FIRST:
            self.headers["Content-Language"] = language
        if fhir:
            self.headers["Content-Type"] = FHIR_JSON
        await super().__call__(scope, receive, send)

    def _told(self, language: str) -> Problem:
        def told(sentence: str) -> str:
            return ERROR_SENTENCES.told(sentence, language)

        detail = told(self._problem.detail)
        if self._more:
            detail = DICTIONARIES[language]["sentences"].format(told=detail, more=told(self._more))
        errors = [
            fault.model_copy(update={"what": told(fault.what), "mend": told(fault.mend)})
            for fault in self._problem.errors
        ]
        words = {"title": told(self._problem.title), "detail": detail, "errors": errors}
        return self._problem.model_copy(update=words)


def problem_response(
    status: int,
    detail: str,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
    instance: str | None = None,
) -> ProblemAnswer:
    """The answer in the one shape; a status without a kind of its own is answered as its class's."""
    kind = KINDS.get(status) or KINDS[500 if status >= 500 else 400]
    more = f"The first {_MOST_FAULTS} are listed." if len(faults) > _MOST_FAULTS else ""
    problem = Problem(
        type=f"/docs#problem-{kind.slug}",
        title=kind.title,
        status=status,
        detail=detail,
        errors=list(faults[:_MOST_FAULTS]),
        instance=instance,
    )
    return ProblemAnswer(problem, more, headers)
