"""How people talk to a reviewing model: phrases in several languages, as regular expressions over flattened text.

They are matched against lower-case text with single spaces and without accents, as ``attempts.flattened`` makes it.
No phrase alone is an attempt: an order to a reviewer is one when somebody also takes its instructions away or calls
it by what it is.
"""

# ruff: noqa: E501 - a phrase is read more easily on one line

from __future__ import annotations

import re

_PARTS = {
    "<my>": "(?:all |any |every |of |the |your |my |our |these |those |above |prior |previous |earlier |preceding |former |initial |original |system |safety |existing |given |other |following ){0,6}",
    "<instructions>": "(?:instructions?|directions?|directives?|prompts?|rules|guidelines|orders|constraints|guardrails)",
    "<reader>": "(?:ai|a\\.i\\.|llm|gpt|chatgpt|claude|gemini|copilot|coderabbit|quartet|automated|automatic|artificial intelligence|language model|bot|machine)",
    "<change>": "(?:pull request|pr|mr|merge request|change(?:s|set)?|diff|commit|patch|code|file|function|branch)",
    "<faults>": "(?:issues?|findings?|problems?|vulnerabilit(?:y|ies)|bugs?|errors?|concerns?|faults?|weakness(?:es)?|defects?|comments?|remarks?|warnings?|anything)",
    "<some words>": "(?:\\w+ ){0,4}",
}


def _any(*words: str, anywhere: tuple[str, ...] = ()) -> re.Pattern[str]:
    """Any of these phrases: ``words`` from the beginning of a word on, ``anywhere`` also within."""
    text = "|".join((rf"\b(?:{'|'.join(words)})", *anywhere))
    for name, part in _PARTS.items():
        text = text.replace(name, part)
    return re.compile(text, re.MULTILINE)


OVERRIDES = _any(
    r"(?:ignore|disregard|forget|override|bypass|discard|set aside|do not follow|don'?t follow|stop following) <my><instructions>",
    r"(?:ignore|disregard|forget) (?:everything|all|anything) (?:above|before|that (?:came|was|you)|you (?:were|have been) told)",
    r"(?:new|updated|revised|overriding) (?:system )?(?:instructions?|rules|directive)s? (?:for|follow|apply|from|:)",
    r"your (?:new|real|actual|true) (?:instructions?|task|job|role|goal) (?:is|are)",
    r"(?:instructions?|rules) (?:above|before) (?:are|is|were) (?:void|obsolete|outdated|cancel+ed|no longer)",
    r"you are (?:now|no longer) (?:an? |the |in )",
    r"(?:developer|maintenance|debug|admin|god) mode (?:is )?(?:on|enabled|activated)",
    r"(?:ignorier\w*|vergiss|vergesst|missachte\w*) <some words>(?:anweisung\w*|instruktion\w*|regeln|vorgaben)",
    r"(?:ignore[zr]?|oublie[zr]?|ne tiens? pas compte) <some words>(?:instructions|consignes|regles|directives)",
    r"(?:ignor[ae]n?|olvid[ae]n?|descart[ae]n?) <some words>(?:instrucciones|reglas|indicaciones|ordenes)",
    r"(?:ignora(?:te)?|dimentica(?:te)?) <some words>(?:istruzioni|regole|indicazioni)",
    r"(?:ignor[ea]m?|esquec[ae]m?|desconsider[ea]m?) <some words>(?:instrucoes|regras|orientacoes)",
    r"(?:negeer|vergeet) <some words>(?:instructies|regels|aanwijzingen)",
    r"(?:zignoruj|pomin|zapomnij) <some words>(?:instrukcje|polecenia|zasady|instrukcji)",
    r"<some words>(?:talimatlar[ıi]|kurallar[ıi]|yonergeleri) (?:yok say|unut|gormezden gel)",
    r"(?:игнорируй(?:те)?|проигнорируй(?:те)?|забудь(?:те)?) <some words>(?:инструкци\w*|указани\w*|правила)",
    anywhere=(
        r"(?:忽略|无视|無視|忘记|忘記|不要理会).{0,12}(?:指令|指示|说明|說明|规则|規則|提示)",
        r"(?:指示|命令|指令|ルール)を?.{0,6}(?:無視|忘れ)",
        r"(?:지시|명령|지침|규칙).{0,6}(?:무시|잊)",
    ),
)
"""Words that take a model's instructions away from it."""

ADDRESSES = _any(
    r"<reader>[ -](?:powered |based |assisted )?(?:code[ -])?(?:reviewers?|review (?:bot|tool|assistant|agent)s?|assistants?|agents?|auditors?)",
    r"(?:code )?(?:reviewer|review)[ -](?:bot|model|agent|assistant|llm|ai)s?\b",
    r"(?:note|message|instructions?|attention|hint|notice|memo) (?:to|for) (?:\w+ ){0,3}(?:reviewers?|ai|llms?|bots?|models?|assistants?|agents?|quartet|copilot|claude)\b",
    r"(?:dear|hey|hi|hello|attention) (?:\w+ )?(?:reviewer|ai|llm|bot|assistant|quartet|copilot|claude|model)\b",
    r"(?:if|when|as|since) you (?:are|re) (?:an? |the )?(?:\w+ )?(?:ai|llm|language model|bot|reviewer|review bot|assistant)\b",
    r"as (?:an? |the )(?:ai|llm|language model|(?:code |security )?reviewer)\b",
    r"reviewers? (?:must|should|shall|has to|have to|may) (?:not|never|ignore|approve|skip|report|mark|disregard|accept|answer)\b",
    r"(?:security|code|automated) reviewers? (?:must|should|shall|are (?:required|instructed|told))\b",
    r"(?:ki|ia|yz)[ -](?:reviewer|pruefer|prufer|assistent|assistente|relecteur|revisor)\w*",
    r"(?:an|fuer|fur) (?:den|die|das) (?:ki|pruefer|prufer|reviewer)\w*",
    anywhere=(
        r"<\|?(?:im[ _]start|system|assistant)\|?>|\[/?inst\]|#{2,} ?(?:system|instruction)s? ?:?\b|(?:^|\W )(?:system|assistant|instructions?) ?(?:prompt|message|override|note)? ?: ",
        r"(?:ai|代码|自动)(?:审查|审核|评审)(?:员|者|助手|机器人)?|(?:ai|自動)(?:レビュアー|レビューア|レビュー担当)|(?:ai|자동) ?(?:리뷰어|검토자)|(?:ии|ai)[ -]?(?:ревьюер|рецензент|ассистент)",
    ),
)
"""Words that call a model by what it is."""

DEMANDS = _any(
    r"approve (?:this|the|it|my|our|all|these|immediately|without|anyway)\b",
    r"(?:mark|rate|grade|classify|treat|consider|report|label|declare) (?:\w+ ){0,6}(?:as )(?:safe|approved|clean|secure|passed|ok|lgtm|trusted|low|benign|false positives?|correct)",
    r"(?:do not|don'?t|never|must not|without|refrain from|avoid|stop|no need to) (?:report|flag|mention|comment|review|raise|list|criticis|criticiz|reject|question|warn|analy|inspect|check|block)(?:e|ing|ting|ging)?\b",
    r"(?:report|return|output|find|raise|list|produce|respond with|answer with|reply with|give|submit|say there are) (?:zero|no|an? empty|nothing|0) ?(?:<faults>|list|array|result|json|review)?",
    r"""(?:respond|answer|reply|say|write|output|conclude|comment|return) (?:only |just |with |exactly |simply |that |it is ){0,3}["'`*]{0,3}(?:lgtm|looks good|approved|no (?:issues|findings|problems)|safe to merge|yes|ok)\b""",
    r"(?:skip|ignore|exclude|omit|overlook|suppress|drop|dismiss) (?:this|the|all|any|every|these|it|your) (?:\w+ ){0,3}(?:<change>|<faults>|review|reports?|evidence)\b",
    r"""(?:findings|dropped_evidence)["'`]? ?[:=] ?\[ ?\]""",
    r"(?:this|the) <change> (?:is|has been|was) (?:already )?(?:pre-?approved|verified|audited|safe|secure|reviewed and approved|trusted|cleared)",
    r"(?:merge|lgtm) (?:this|it|immediately|without)\b",
    r"all <faults> (?:are|were|have been) (?:false|resolved|fixed|accepted)",
    r"(?:suggest|propose|recommend|insert|add|include|put|replace) (?:\w+ ){0,6}(?:suggestion|suggested|backdoor|payload|eval|curl|your (?:answer|review|message|findings|comment))",
    r"(?:your|the) (?:next |first |only |final )?(?:answer|response|output|reply|review|verdict|findings?) (?:must|should|shall|has to|is)\b",
    r"(?:keine?n?|nicht) (?:\w+ ){0,3}(?:fehler|probleme|befunde|melde\w*|schwachstellen|beanstand\w*)",
    r"(?:genehmig\w*|freigeben|akzeptier\w*|bestatig\w*)\b",
    r"(?:approuve[zr]?|ne signale[zr]?|aucun probleme|n'?indique[zr]?)\b",
    r"(?:aprueb[ae]n?|no (?:informes|reportes|menciones|senales)|ningun problema|sin (?:problemas|hallazgos))\b",
    r"(?:approva(?:te)?|non segnalare|nessun problema)\b",
    r"(?:aprov[ea]m?|nao (?:relate|reporte|mencione)|nenhum problema)\b",
    r"(?:keur (?:\w+ ){0,3}goed|meld (?:geen|niets))\b",
    r"(?:zatwierdz|nie zglaszaj)\b",
    r"(?:onayla|bildirme|raporlama)\b",
    r"(?:одобри(?:те)?|не сообщай(?:те)?|не упоминай(?:те)?|подтверди(?:те)?)\b",
    anywhere=(
        r"(?:批准|通过|核准|不要报告|不要报|不要提及|没有问题|沒有問題)|(?:承認|報告しない|指摘しない|問題なし)|(?:승인|보고하지|지적하지|문제 ?없)",
    ),
)
"""What a reviewer is asked to do or to leave."""

LEAKS = _any(
    r"""(?:print|reveal|show|repeat|output|leak|include|post|send|disclose|dump|tell|give|quote|expose|display|share|append|exfiltrate|write|list|copy|paste|encode) (?:\w+ |["'`]){0,7}(?:system (?:prompt|message)|initial prompt|prompt above|your (?:instructions|prompt|rules|configuration|secrets?|keys?|tokens?|context|guidelines)|api[ _-]?keys?|canary|environment(?: variables?)?|env(?:ironment)? vars?|credentials|access tokens?|secrets?\b|passwords?|private keys?|github[ _]token|openai[ _]api[ _]key|session reference|reference of this session)""",
    r"(?:mention|tag|ping|notify|cc) (?:@|everyone|all maintainers|the (?:team|owners|security team))",
    r"(?:embed|include|add|insert|render|load|post|put) (?:\w+ ){0,5}(?:!\[|image|link|https?://|iframe|pixel|tracking)",
)
"""What a reviewer is asked to tell or to post."""

TRIGGERS = re.compile(
    r"instru|direct|prompt|rules|regel|regl|regol|regra|guideline|anweis|vorgab|consigne|indica|ordenes|orienta|aanwijz|polecen|zasad"
    r"|talimat|kural|yonerge|инструк|указан|правил|指令|指示|说明|說明|规则|規則|提示|命令|ルール|지시|명령|지침|규칙|ignor|disregard|forget|told"
    r"|you are (?:now|no longer)|mode|review|assistant|system|inst\]|im[ _]start|\bai\b|\bllm|\bbot\b|\bki\b|\bia\b|审|レビュ|리뷰|검토|ревью|ассист"
)
"""A cheap look before the dear ones: what is left out by it, none of the above matches."""
