"""OneRoster's tables from facts about the standard: invented people, invented scores."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

#: By table its columns, in the order of the standard: 1.1 and, where it differs, 1.2.
COLUMNS = {
    "academicSessions": (
        "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear"
    ),
    "categories": "sourcedId,status,dateLastModified,title,weight",
    "classes": (
        "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
        "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods"
    ),
    "courses": (
        "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,"
        "subjects,subjectCodes"
    ),
    "demographics": "sourcedId,status,dateLastModified,birthDate,sex",
    "enrollments": (
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
        "beginDate,endDate"
    ),
    "lineItems": (
        "sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,"
        "categorySourcedId,gradingPeriodSourcedId,resultValueMin,resultValueMax"
    ),
    "lineItems 1.2": (
        "sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,"
        "categorySourcedId,academicSessionSourcedId,resultValueMin,resultValueMax,schoolSourcedId"
    ),
    "manifest": "propertyName,value",
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "results": (
        "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,"
        "scoreDate,comment"
    ),
    "results 1.2": (
        "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,"
        "scoreDate,comment,textScore,classSourcedId,inProgress,incomplete,late,missing"
    ),
    "users": (
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,"
        "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
    ),
}
Row = dict[str, str]
Tables = dict[str, list[Row]]


def tables() -> Tables:
    """Return a small gradebook: two students, a teacher, Algebra with homework and a test."""
    return {
        "orgs": [{"sourcedId": "o1", "name": "Sierra Norte", "type": "school"}],
        "academicSessions": [
            {"sourcedId": "q1", "title": "Quarter 1", "type": "gradingPeriod", "schoolYear": "2027"}
        ],
        "courses": [{"sourcedId": "c1", "title": "Algebra 1", "courseCode": "ALG", "subjects": "Math"}],
        "classes": [
            {"sourcedId": "k1", "title": "Algebra – Hopper’s 3rd", "courseSourcedId": "c1",
             "schoolSourcedId": "o1", "termSourcedIds": "s1"}
        ],
        "users": [
            {"sourcedId": "u1", "role": "student", "givenName": "Ana", "familyName": "Rivera",
             "identifier": "00101", "email": "ana@school.example", "grades": "09"},
            {"sourcedId": "u2", "role": "student", "givenName": "Li", "familyName": "Wei",
             "identifier": "00102", "email": "li@school.example", "grades": "09"},
            {"sourcedId": "t1", "role": "teacher", "givenName": "Grace", "familyName": "Hopper",
             "email": "grace@school.example"},
        ],
        "enrollments": [
            {"sourcedId": "e1", "classSourcedId": "k1", "userSourcedId": "u1", "role": "student"},
            {"sourcedId": "e2", "classSourcedId": "k1", "userSourcedId": "u2", "role": "student"},
            {"sourcedId": "e3", "classSourcedId": "k1", "userSourcedId": "t1", "role": "teacher",
             "primary": "true"},
        ],
        "categories": [
            {"sourcedId": "h", "title": "Homework", "weight": "40"},
            {"sourcedId": "x", "title": "Tests", "weight": "60"},
        ],
        "lineItems": [
            item("l1", "Homework 1", "h", "10", "2026-09-10"),
            item("l2", "Test 1", "x", "50", "2026-09-20"),
        ],
        "results": [
            result("r1", "l1", "u1", "8"),
            result("r2", "l2", "u1", "45"),
            result("r3", "l1", "u2", "", "not submitted"),
            result("r4", "l2", "u2", "30"),
        ],
    }  # fmt: skip


def item(id_: str, title: str, category: str, points: str, due: str = "", **more: str) -> Row:
    """Return a line item."""
    row = {"sourcedId": id_, "title": title, "categorySourcedId": category, "resultValueMin": "0",
           "resultValueMax": points, "dueDate": due, "classSourcedId": "k1",
           "gradingPeriodSourcedId": "q1"}  # fmt: skip
    return row | more


def result(id_: str, item_: str, user: str, score: str, status: str = "fully graded", **more: str) -> Row:
    """Return a result."""
    row = {"sourcedId": id_, "lineItemSourcedId": item_, "studentSourcedId": user, "score": score,
           "scoreStatus": status, "scoreDate": "2026-09-21", "comment": "Ana Rivera worked hard"}  # fmt: skip
    return row | more


def text(name: str, rows: list[Row], version: str = "", ends: str = "\r\n", by: str = ",") -> str:
    """Return a table as CSV."""
    columns = COLUMNS.get(f"{name} {version}", COLUMNS[name]).split(",")
    out = io.StringIO()
    writer = csv.writer(out, delimiter=by, lineterminator=ends)
    writer.writerow(columns)
    for row in rows:
        assert set(row) <= set(columns), set(row) - set(columns)
        writer.writerow([row.get(column, "active" if column == "status" else "") for column in columns])
    return out.getvalue()


def write(folder: Path, given: Tables, version: str = "", *, bom: bool = False, **how: str) -> Path:
    """Write tables into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in given.items():
        content = text(name, rows, version, **how)
        (folder / f"{name}.csv").write_text(content, "utf-8-sig" if bom else "utf-8", newline="")
    return folder


def zipped(path: Path, given: Tables, inside: str = "") -> Path:
    """Write tables into a ZIP file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in given.items():
            archive.writestr(f"{inside}{name}.csv", text(name, rows))
    return path
