"""Texts for files that are carried by hand, and the sticks they are on."""

from outlet_app.domain.failures import FailureCode as F
from outlet_app.i18n import N_

STICK_FAILURES: dict[F, tuple[str, str]] = {
    F.NOT_A_BUNDLE: (
        N_("This is not a file of the kind that is wanted. Nothing was taken from it."),
        N_("Choose the right file: records go to the operator, receipts come back."),
    ),
    F.BUNDLE_DAMAGED: (
        N_("This file was cut or changed on its way. Nothing was taken from it."),
        N_("Copy it again from where it was made, or have it made again."),
    ),
    F.BUNDLE_NOT_OURS: (
        N_("This file is for another outlet, terminal or operator. Nothing was taken from it."),
        N_("Bring it to where it belongs."),
    ),
    F.STICK_FULL: (
        N_("There is no room on the stick. No file was left there."),
        N_("Take another stick, or remove files from this one. The records are kept here."),
    ),
    F.STICK_READ_ONLY: (
        N_("The stick or folder cannot be written to. No file was left there."),
        N_("Open the stick's lock, or take another one. The records are kept here."),
    ),
    F.STICK_FAILED: (
        N_("The stick was pulled out or does not work, or the file is not there."),
        N_("Put the stick in again and repeat it. Nothing was lost, and nothing is counted twice."),
    ),
}
