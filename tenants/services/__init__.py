"""What is done with a clinic: it is signed up, opened, suspended, closed; support visits it."""

from tenants.services.directory import tell_directory, verify_organization, withdraw_verification
from tenants.services.domains import (
    arrival,
    check_domain,
    claim_domain,
    look_up,
    note_arrival,
    serve_domain,
    waiting_claims,
    withdraw_domain,
)
from tenants.services.letters import due_letter, tell_platform_of_plans
from tenants.services.life import (
    activate_organization,
    close_organization,
    extend_trial,
    reopen_organization,
    suspend_after_trial,
    suspend_organization,
    suspend_overdue,
)
from tenants.services.plans import (
    activate_plan,
    choose_plan,
    end_plan,
    restore_plan,
    retire_plan,
    withdraw_plan,
)
from tenants.services.provisioning import (
    SchemaExists,
    fill_ready_schemas,
    finish_provisioning,
    provision_organization,
    waiting_organizations,
)
from tenants.services.support import (
    allow_support,
    end_support_session,
    end_support_visit,
    forbid_support,
    redeem_support_token,
    start_support_session,
    visitor_of,
)

__all__ = (
    "SchemaExists",
    "activate_organization",
    "activate_plan",
    "allow_support",
    "arrival",
    "check_domain",
    "choose_plan",
    "claim_domain",
    "close_organization",
    "due_letter",
    "end_plan",
    "end_support_session",
    "end_support_visit",
    "extend_trial",
    "fill_ready_schemas",
    "finish_provisioning",
    "forbid_support",
    "look_up",
    "note_arrival",
    "provision_organization",
    "redeem_support_token",
    "reopen_organization",
    "restore_plan",
    "retire_plan",
    "serve_domain",
    "start_support_session",
    "suspend_after_trial",
    "suspend_organization",
    "suspend_overdue",
    "tell_directory",
    "tell_platform_of_plans",
    "verify_organization",
    "visitor_of",
    "waiting_claims",
    "waiting_organizations",
    "withdraw_domain",
    "withdraw_plan",
    "withdraw_verification",
)
