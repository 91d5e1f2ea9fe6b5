"""The list of slices: what each plugs in. Adding one is one line here."""

from __future__ import annotations

from chathaven.engines.vault import model as vault_model
from chathaven.engines.web import limits
from chathaven.product.access import model as access_model
from chathaven.product.accounts import api as accounts
from chathaven.product.audit import model as audit_model
from chathaven.product.chats import api as chats
from chathaven.product.chats import let_go
from chathaven.product.chats import notice_api as notices
from chathaven.product.chats import stream_api as streams
from chathaven.product.chats import visitors_api as visitors
from chathaven.product.chats import widget_api as widget
from chathaven.product.consents import follow_settings
from chathaven.product.consents import kept_model as consents_kept_model
from chathaven.product.consents import model as consents_model
from chathaven.product.legal import api as legal
from chathaven.product.legal import certificate_texts
from chathaven.product.messages import api as messages
from chathaven.product.messages import files_api as files
from chathaven.product.messages import model as messages_model
from chathaven.product.operators import api as operators
from chathaven.product.operators import letters_model as operator_letters_model
from chathaven.product.privacy import account_api as closing
from chathaven.product.privacy import api as privacy
from chathaven.product.privacy import export_api as exports
from chathaven.product.privacy import kept_api as kept
from chathaven.product.privacy import restriction_api as restrictions
from chathaven.product.records import api as records
from chathaven.product.records import audit_api as audit_log
from chathaven.product.records import breach_api as breaches
from chathaven.product.records import dpia_api as impact_assessment
from chathaven.product.records import mailing_api as breach_mailings
from chathaven.product.records import mailing_model as breach_mailing_model
from chathaven.product.records import model as records_model
from chathaven.product.retention import api as retention
from chathaven.product.rights import act_api as acting_on_requests
from chathaven.product.rights import api as requests
from chathaven.product.rights import widget_api as own_requests
from chathaven.product.sites import api as sites
from chathaven.product.welcome import api as welcome

TABLES = (
    vault_model,
    limits,
    access_model,
    audit_model,
    consents_model,
    consents_kept_model,
    messages_model,
    operator_letters_model,
    records_model,
    breach_mailing_model,
)
"""Modules that bring tables and no routes; those of the slices come with their routes."""

LISTENERS = (
    follow_settings,
    let_go,
)
"""Modules that follow what happens in a lower slice; importing them is what plugs them in."""

HANDLERS = (
    *welcome.HANDLERS,
    *legal.HANDLERS,
    *certificate_texts.HANDLERS,
    *accounts.HANDLERS,
    *operators.HANDLERS,
    *sites.HANDLERS,
    *visitors.HANDLERS,
    *widget.HANDLERS,
    *notices.HANDLERS,
    *chats.HANDLERS,
    *streams.HANDLERS,
    *messages.HANDLERS,
    *files.HANDLERS,
    *privacy.HANDLERS,
    *exports.HANDLERS,
    *closing.HANDLERS,
    *audit_log.HANDLERS,
    *records.HANDLERS,
    *impact_assessment.HANDLERS,
    *breaches.HANDLERS,
    *breach_mailings.HANDLERS,
    *restrictions.HANDLERS,
    *kept.HANDLERS,
    *retention.HANDLERS,
    *requests.HANDLERS,
    *acting_on_requests.HANDLERS,
    *own_requests.HANDLERS,
)
