from praktijkplan.contact import Modality, Profession


def test_may_register_leaves_out_nurse_and_secretary():
    assert {profession for profession in Profession if not profession.may_register} == {
        Profession.NURSE,
        Profession.DIETITIAN,
        Profession.SECRETARY,
    }


def test_a_visit_is_not_remote_and_a_letter_is_not_live():
    assert [modality for modality in Modality if not modality.is_remote] == [Modality.VISIT]
    assert [modality for modality in Modality if not modality.is_live] == [Modality.WRITTEN]
