"""What the settings say to allauth about forms and second factors; imports nothing."""

ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "add_email": "accounts.forms.AddEmailForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
}

MFA = {
    "MFA_ADAPTER": "accounts.second_factor.adapter.FactorAdapter",
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    # A passkey asks for a finger, a face or a PIN: that and the device are two factors.
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    # Nobody signs in before the e-mail is confirmed; a second address that is not yet keeps no factor off.
    "MFA_ALLOW_UNVERIFIED_EMAIL": True,
    # There is nothing to be guessed at, and a whole clinic may stand behind one address.
    "MFA_RATE_LIMITS": {"webauthn_login": "240/m/ip"},
    "MFA_FORMS": {
        "authenticate": "accounts.second_factor.forms.AuthenticateForm",
        "reauthenticate": "accounts.second_factor.forms.ReauthenticateForm",
        "activate_totp": "accounts.second_factor.forms.ActivateTOTPForm",
        "add_webauthn": "accounts.second_factor.forms.AddPasskeyForm",
        "edit_webauthn": "accounts.second_factor.forms.EditPasskeyForm",
        "authenticate_webauthn": "accounts.second_factor.forms.AuthenticatePasskeyForm",
        "reauthenticate_webauthn": "accounts.second_factor.forms.ReauthenticatePasskeyForm",
        "login_webauthn": "accounts.second_factor.forms.LoginPasskeyForm",
    },
}
