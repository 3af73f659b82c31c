"""The true values behind the simulated demo survey: what an analysis of it should find, and no more."""

from __future__ import annotations

from dataclasses import dataclass

#: The two waves, in order, as the instrument names them.
WAVES = ("fall", "spring")

Four = tuple[float, float, float, float]
FallSpring = tuple[float, float]


@dataclass(frozen=True)
class ElementTruth:
    """How one element is answered, and what follows from that in the population.

    The first six fields are parameters of the simulator; the last four are their consequences, which the
    tests work out again by numerical integration, and find again in a large simulated population.

    Attributes
    ----------
    scale
        The instrument's scale, of four items.
    location
        Mean of every item's latent answer (SD 1) among students who are not English learners, in fall.
    loadings
        Correlation of each item's latent answer with the element.
    ease
        Added to the location, item by item: a higher value is answered more favorably.
    not_sure
        Chance of "Not sure" on each item, for everyone alike.
    gap_shift
        Added to the latent answers of English learners; fall and spring. The two differ only on the scale
        that changes: further from one half it takes a larger shift to keep the same gap in points.
    favorable
        Share of students favorable on the scale (more than half of the items they answered, of at least two),
        blanks and "Not sure" left out; fall and spring.
    gap
        Share of English learners favorable less that of all other students, in both waves.
    alpha, omega
        Cronbach's alpha and one-factor omega of the four five-step items; fall and spring.
    """

    scale: str
    location: float
    loadings: Four
    ease: Four
    not_sure: float
    gap_shift: FallSpring
    favorable: FallSpring
    gap: float
    alpha: FallSpring
    omega: FallSpring


@dataclass(frozen=True)
class Truth:
    """Everything that is true of the simulated students. Whatever is not named here does not differ.

    A student has one value per element and wave. The five correlate ``element_correlation`` with each
    other, and each correlates ``stability`` with itself between fall and spring. An item's latent answer
    is location + ease + loading * element + noise, with SD 1; it becomes a code from 1 to 5 by counting
    the ``thresholds`` below it (the graded model in its normal form).

    One subgroup differs: English learners answer all five scales less favorably (each scale's ``gap``).
    Schools, teams, gender, race, lunch, disability and home language change nothing, and are drawn
    independently of each other and of English-learner status.

    Attributes
    ----------
    elements
        One entry a scale, in the instrument's order.
    element_correlation, stability
        Latent correlations between two elements, and between two waves of one element, among students of one
        kind: English learners, or all others.
    thresholds
        Four cuts on the latent answer, the same for every item.
    blank
        Chance of leaving an item blank: the first item's and the last one's; in between it rises evenly.
    english_learners
        Their share of each school.
    change_scale, change_shift, change
        The one change: on this scale ``change_shift`` is added to everyone's latent answers in spring. With
        the scale's ``gap_shift``, the share favorable moves by ``change``, among English learners as among
        all others.
    """

    elements: tuple[ElementTruth, ...]
    element_correlation: float
    stability: float
    thresholds: Four
    blank: tuple[float, float]
    english_learners: float
    change_scale: str
    change_shift: float
    change: float


#: The truth of the shipped workbook.
TRUTH = Truth(
    elements=(
        ElementTruth(
            "express_care",
            location=0.563,
            loadings=(0.82, 0.78, 0.76, 0.84),
            ease=(0.30, -0.20, -0.25, 0.15),
            not_sure=0.020,
            gap_shift=(-0.323, -0.368),
            favorable=(0.640, 0.750),
            gap=-0.140,
            alpha=(0.843, 0.836),
            omega=(0.844, 0.837),
        ),
        ElementTruth(
            "challenge_growth",
            location=0.460,
            loadings=(0.80, 0.82, 0.78, 0.80),
            ease=(0.10, -0.10, 0.20, -0.20),
            not_sure=0.020,
            gap_shift=(-0.294, -0.294),
            favorable=(0.600, 0.600),
            gap=-0.130,
            alpha=(0.848, 0.848),
            omega=(0.849, 0.849),
        ),
        ElementTruth(
            "provide_support",
            location=0.531,
            loadings=(0.84, 0.82, 0.78, 0.80),
            ease=(0.20, 0.10, -0.10, -0.20),
            not_sure=0.025,
            gap_shift=(-0.346, -0.346),
            favorable=(0.630, 0.630),
            gap=-0.150,
            alpha=(0.855, 0.855),
            omega=(0.855, 0.855),
        ),
        ElementTruth(
            "share_power",
            location=0.118,
            loadings=(0.80, 0.83, 0.81, 0.77),
            ease=(0.30, 0.00, -0.05, -0.25),
            not_sure=0.030,
            gap_shift=(-0.670, -0.670),
            favorable=(0.420, 0.420),
            gap=-0.270,
            alpha=(0.865, 0.865),
            omega=(0.865, 0.865),
        ),
        ElementTruth(
            "expand_possibilities",
            location=0.170,
            loadings=(0.80, 0.82, 0.84, 0.78),
            ease=(0.15, 0.05, -0.05, -0.15),
            not_sure=0.040,
            gap_shift=(-0.318, -0.318),
            favorable=(0.480, 0.480),
            gap=-0.140,
            alpha=(0.860, 0.860),
            omega=(0.861, 0.861),
        ),
    ),
    element_correlation=0.65,
    stability=0.70,
    thresholds=(-1.40, -0.75, 0.00, 1.05),
    blank=(0.010, 0.030),
    english_learners=0.235,
    change_scale="express_care",
    change_shift=0.295,
    change=0.110,
)


@dataclass(frozen=True)
class GradesTruth:
    """Everything that is true of the simulated scores; whatever is not named here does not differ.

    A student has a level and a diligence, both standard normal. Work is worth ``mean`` + ``level_points`` *
    level + the teacher's part + noise, in percent, cut off at 0 and 100. It is not handed in with a chance
    whose logit is ``missing`` - ``diligence`` * diligence + the part of that piece of work in that school.

    Attributes
    ----------
    mean, level_points, noise, teacher_sd
        Percent of work that is handed in: mean, and standard deviations of what students, the piece of work
        of one student, and teachers add.
    missing, diligence, week_sd
        Logits of work that is not handed in.
    level, relationship
        What diligence correlates with: the level, and the mean of the survey's five elements as the student
        lastingly feels them.
    blank
        Share of missing work whose cell is empty; in the rest stands a zero.
    excused
        Share of cells that are excused.
    change_week, missing_shift
        From this week on, in one school, ``missing_shift`` is added to the logit: more work is handed in.
    retake, retake_below, retake_gain, retake_cap
        From that week on, in that school, work below ``retake_below`` percent is tried again with this
        chance, and gains the size of a normal value with this standard deviation, up to the cap.
    under_passing, not_handed_in
        Share of scores under 60 %, and of work not handed in, there before and after; before is also what
        the other schools have all along. Averaged over teachers and weeks.
    df_early, df_late
        Share of marks that are D or F there, by the work before that week alone and from it on: under the
        courses' own rules, and with no score under 50 %.
    """

    mean: float
    level_points: float
    noise: float
    teacher_sd: float
    missing: float
    diligence: float
    week_sd: float
    level: float
    relationship: float
    blank: float
    excused: float
    change_week: int
    missing_shift: float
    retake: float
    retake_below: float
    retake_gain: float
    retake_cap: float
    under_passing: tuple[float, float]
    not_handed_in: tuple[float, float]
    df_early: tuple[float, float]
    df_late: tuple[float, float]


#: The truth of the shipped gradebooks.
GRADES = GradesTruth(
    mean=82.0,
    level_points=7.0,
    noise=9.0,
    teacher_sd=2.0,
    missing=-2.7,
    diligence=1.0,
    week_sd=0.12,
    level=0.45,
    relationship=0.35,
    blank=0.65,
    excused=0.015,
    change_week=10,
    missing_shift=-0.7,
    retake=0.5,
    retake_below=70.0,
    retake_gain=15.0,
    retake_cap=80.0,
    under_passing=(0.106, 0.060),
    not_handed_in=(0.090, 0.049),
    df_early=(0.305, 0.152),
    df_late=(0.177, 0.075),
)
