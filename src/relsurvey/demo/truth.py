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
