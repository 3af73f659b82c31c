"""What the simulated students write. Invented sentences; the two hostile ones try what a prankster would."""

from __future__ import annotations

#: A formula and a tag: both must stay text wherever a comment is shown or exported.
HOSTILE = ("=SUM(1,2)", "<img src=x onerror=alert(1)>")

ENGLISH = (
    "I like it when we get to pick our own project.",
    "Please don't call on people who haven't raised their hand.",
    "More time for questions at the end of class, please.",
    "It helps when the directions are on the board.",
    "I wish I'd known about the after-school tutoring sooner.",
    "Thank you for learning how to say my name right.",
    "Too much homework on the same night!",
    "Sometimes I'm stuck and I don't know how to ask.",
    "The warm-ups are fun. Keep doing them.",
    "Let us retake quizzes, it's the only way I learn from them.",
    "nothing really",
    "idk",
    "You're all pretty nice.",
    "Can we read books that people our age like?",
    "I'd like to hear what jobs use math.",
    "Group work is hard when nobody's in charge.",
    "When I was out sick, getting the make-up work took two weeks.",
    "I want to know my grade before the last week.",
    "The field trip was the best part of the year.",
    "I feel like we're asked what we think and then nothing changes.",
    "Please slow down when you explain the lab.",
    'I like "question of the day".',
    "We should have a say in where we sit.",
    "I liked the guest who builds bridges 😀",
    "1. more breaks\n2. more examples",
    "High school is not as scary as I thought.",
    "Can lunch be longer? I know that's not up to you.",
    "It's good that late work still counts for something.",
    "My counselor helped me, I didn't know who to ask before.",
    "N/A",
)

SPANISH = (
    "Me gusta cuando explican con ejemplos.",
    "Gracias por tener paciencia conmigo.",
    "Me gustaría que hablaran más despacio.",
    "Quisiera poder hacer preguntas en español.",
    "A veces no entiendo la tarea y me da pena preguntar.",
    "Que nos dejen escoger con quién trabajar.",
    "¿Podemos tener más tiempo para los exámenes?",
    "Las clases son interesantes, pero hay mucha tarea.",
    "Me ayudó mucho la tutoría de los martes.",
    "Quiero saber qué se necesita para ir a la universidad.",
    "Todo bien.",
    "Me siento a gusto en esta escuela.",
    "Sería bueno que mi familia recibiera los avisos en español.",
    "Nos preguntan poco qué pensamos.",
)
