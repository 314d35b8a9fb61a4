"""The statements that find free times.

Windows are local labels; the rows of `clock` (scheduling.models.clocks) turn them into instants, in UTC and
without saying so; what overlaps leave, a closing day or a visit falls out.
"""

# Each doctor's windows as local labels, and what is not free as one multirange of instants a doctor. Of an
# extra opening it is known since when: what is entered for a day goes before what holds every week.
_WINDOWS = """
WITH clock AS MATERIALIZED (
    SELECT *
    FROM unnest(%(clock_since)s::timestamp[], %(clock_until)s::timestamp[], %(clock_shift)s::interval[])
             AS c (since, until, shift)
), windows AS MATERIALIZED (
    SELECT r.doctor_id, d.day + r.starts AS opens, d.day + r.ends AS closes, r.slot_minutes AS grid,
           coalesce(own.minutes, t.minutes, r.slot_minutes) AS minutes,
           coalesce(own.buffer_minutes, t.buffer_minutes, r.buffer_minutes) AS buffer, r.mode,
           r.branch_id, r.room_id,
           coalesce(r.minimum_notice_hours, p.minimum_notice_hours, 0) AS notice,
           coalesce(r.horizon_days, p.horizon_days, %(furthest)s) AS horizon,
           NULL::timestamptz AS extra_since
    FROM scheduling_availabilityrule r
    JOIN generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') AS d (day)
      ON r.weekday = extract(isodow FROM d.day)
     AND d.day >= r.valid_from AND (r.valid_until IS NULL OR d.day <= r.valid_until)
    LEFT JOIN scheduling_appointmenttype t ON t.id = %(type)s::uuid
    LEFT JOIN scheduling_doctorappointmenttype own
      ON own.appointment_type_id = t.id AND own.doctor_id = r.doctor_id
    LEFT JOIN scheduling_bookingpolicy p ON true
    WHERE r.doctor_id = ANY (%(doctors)s) AND own.is_offered IS NOT FALSE
      AND (%(branch)s::text IS NULL OR coalesce(r.branch_id::text, 'main') = %(branch)s)
    UNION ALL
    SELECT e.doctor_id, opening.utc + opens.shift, opening.closing + closes.shift, e.slot_minutes,
           coalesce(own.minutes, t.minutes, e.slot_minutes),
           coalesce(own.buffer_minutes, t.buffer_minutes, 0), e.mode, e.branch_id, e.room_id,
           coalesce(p.minimum_notice_hours, 0), coalesce(p.horizon_days, %(furthest)s), e.starts_at
    FROM scheduling_availabilityexception e
    CROSS JOIN LATERAL (
        SELECT e.starts_at AT TIME ZONE 'UTC' AS utc, e.ends_at AT TIME ZONE 'UTC' AS closing
    ) AS opening
    JOIN clock opens ON opening.utc >= opens.since AND opening.utc < opens.until
    JOIN clock closes ON opening.closing >= closes.since AND opening.closing < closes.until
    LEFT JOIN scheduling_appointmenttype t ON t.id = %(type)s::uuid
    LEFT JOIN scheduling_doctorappointmenttype own
      ON own.appointment_type_id = t.id AND own.doctor_id = e.doctor_id
    LEFT JOIN scheduling_bookingpolicy p ON true
    WHERE e.doctor_id = ANY (%(doctors)s) AND e.kind = 'extra' AND own.is_offered IS NOT FALSE
      AND e.starts_at < %(until)s AND e.ends_at > %(since)s
      AND (%(branch)s::text IS NULL OR coalesce(e.branch_id::text, 'main') = %(branch)s)
), leave AS (
    SELECT e.doctor_id, tstzrange(e.starts_at, e.ends_at) AS span
    FROM scheduling_availabilityexception e
    WHERE e.doctor_id = ANY (%(doctors)s) AND e.kind = 'leave'
      AND e.starts_at < %(until)s AND e.ends_at > %(since)s
), closed AS (
    SELECT first_day::timestamp AS begins, last_day::timestamp + interval '1 day' AS ends
    FROM scheduling_closingday
    WHERE is_observed AND last_day >= %(first)s::date AND first_day <= %(last)s::date + 1
)"""

# Doctors keep much the same hours, so the clock is asked once for each shape of window, not for each doctor.
_FREE = "\n".join(
    [
        _WINDOWS,
        """, shapes AS MATERIALIZED (
    SELECT row_number() OVER () AS shape, *
    FROM (SELECT DISTINCT opens, closes, grid, minutes, buffer, mode, notice, horizon FROM windows) AS every
), held AS MATERIALIZED (
    SELECT w.doctor_id, s.shape, s.mode, s.buffer, w.branch_id, w.room_id, w.extra_since
    FROM windows w JOIN shapes s USING (opens, closes, grid, minutes, buffer, mode, notice, horizon)
), busy AS MATERIALIZED (
    SELECT doctor_id, range_agg(span) AS spans
    FROM (
        SELECT doctor_id, span FROM leave
        UNION ALL
        SELECT a.doctor_id, tstzrange(a.starts_at, coalesce(a.busy_until, a.ends_at))
        FROM scheduling_appointment a
        WHERE a.doctor_id = ANY (%(doctors)s) AND a.status = ANY (%(holding)s)
          AND a.starts_at < %(until)s::timestamptz + interval '4 hours'
          AND coalesce(a.busy_until, a.ends_at) > %(since)s
          AND a.starts_at > %(since)s::timestamptz - interval '28 hours'
          AND NOT a.id = ANY (%(leaving)s::uuid[])
          AND NOT (%(settled)s AND a.source = 'public' AND a.status = 'pending'
                   AND a.patient_confirmed_at IS NULL)
    ) AS everything
    GROUP BY doctor_id
), rooms AS MATERIALIZED (
    -- The pause after a visit is the doctor's: the room is free when the visit ends.
    SELECT a.room_id, range_agg(tstzrange(a.starts_at, a.ends_at)) AS spans
    FROM scheduling_appointment a
    WHERE a.room_id IN (SELECT room_id FROM windows WHERE room_id IS NOT NULL)
      AND a.status = ANY (%(holding)s)
      AND a.starts_at < %(until)s AND a.ends_at > %(since)s
      AND a.starts_at > %(since)s::timestamptz - interval '1 day'
      AND NOT a.id = ANY (%(leaving)s::uuid[])
    GROUP BY a.room_id
), labels AS MATERIALIZED (
    SELECT DISTINCT ON (shape, label)
           shape, pause, notice, label - c.shift AS starts, label - c.shift + length AS ends, c.shift
    FROM (
        SELECT *, make_interval(mins => minutes) AS length, make_interval(mins => buffer) AS pause,
               make_interval(mins => least(minutes, grid) + buffer) AS step
        FROM shapes
    ) AS s, generate_series(opens, closes - length, step) AS label
    JOIN clock c ON label - c.shift >= c.since AND label - c.shift < c.until
    WHERE label >= %(first)s::timestamp AND label < %(last)s::timestamp + interval '1 day'
      AND (%(mode)s::text IS NULL OR mode = %(mode)s)
      AND (NOT %(by_patient)s OR label < %(today)s::timestamp + make_interval(days => horizon + 1))
      AND NOT EXISTS (SELECT FROM closed WHERE label < closed.ends AND label + length + pause > closed.begins)
    ORDER BY shape, label, c.since DESC
), offers AS MATERIALIZED (
    SELECT shape, tstzrange(starts AT TIME ZONE 'UTC', (ends + pause) AT TIME ZONE 'UTC') AS span,
           tstzrange(starts AT TIME ZONE 'UTC', ends AT TIME ZONE 'UTC') AS visit,
           extract(epoch FROM starts)::bigint AS starts_at, extract(epoch FROM ends)::bigint AS ends_at
    FROM labels l JOIN clock e ON l.ends >= e.since AND l.ends < e.until AND l.shift = e.shift
    WHERE starts >= %(now)s::timestamp
      AND (NOT %(by_patient)s OR starts >= %(now)s::timestamp + make_interval(hours => notice))
)
""",
    ]
)

# Where weekly hours and an extra opening offer the same time, the opening comes later, and holds.
FREE_TIMES = "\n".join(
    [
        _FREE,
        """
SELECT h.doctor_id, h.room_id, (SELECT to_jsonb(s) FROM scheduling_branch s WHERE s.id = h.branch_id),
       array_agg(o.starts_at), array_agg(o.ends_at), array_agg(h.mode), array_agg(h.buffer)
FROM held h JOIN offers o USING (shape) LEFT JOIN busy b ON b.doctor_id = h.doctor_id
LEFT JOIN rooms r ON r.room_id = h.room_id
WHERE (b.spans && o.span) IS NOT TRUE AND (r.spans && o.visit) IS NOT TRUE
GROUP BY h.doctor_id, h.branch_id, h.room_id, h.extra_since
ORDER BY h.extra_since NULLS FIRST
""",
    ]
)

NEXT_FREE = "\n".join(
    [
        _FREE,
        """
SELECT DISTINCT ON (h.doctor_id)
       h.doctor_id, h.room_id, (SELECT to_jsonb(s) FROM scheduling_branch s WHERE s.id = h.branch_id),
       array[o.starts_at], array[o.ends_at], array[h.mode], array[h.buffer]
FROM held h JOIN offers o USING (shape) LEFT JOIN busy b ON b.doctor_id = h.doctor_id
LEFT JOIN rooms r ON r.room_id = h.room_id
WHERE (b.spans && o.span) IS NOT TRUE AND (r.spans && o.visit) IS NOT TRUE
ORDER BY h.doctor_id, o.starts_at, o.ends_at, h.extra_since DESC NULLS LAST
""",
    ]
)

COUNT_FREE = "\n".join(
    [
        _FREE,
        """
SELECT count(*)
FROM (
    SELECT DISTINCT h.doctor_id, o.starts_at, o.ends_at
    FROM held h JOIN offers o USING (shape) LEFT JOIN busy b ON b.doctor_id = h.doctor_id
    LEFT JOIN rooms r ON r.room_id = h.room_id
    WHERE (b.spans && o.span) IS NOT TRUE AND (r.spans && o.visit) IS NOT TRUE
) AS times
""",
    ]
)

WITHIN_HOURS = "\n".join(
    [
        _WINDOWS,
        """
SELECT NOT EXISTS (SELECT FROM leave)
   AND NOT EXISTS (SELECT FROM closed WHERE begins < %(end)s::timestamp AND ends > %(start)s::timestamp)
   AND coalesce(range_agg(tsrange(opens, closes)) @> tsrange(%(start)s::timestamp, %(end)s::timestamp), false)
FROM windows
""",
    ]
)

# What a visit at this time is like, free or not: as an extra opening says into which it fits, else as the
# weekly hours say.
USUAL = "\n".join(
    [
        _WINDOWS,
        """
SELECT minutes, buffer, mode, (SELECT to_jsonb(s) FROM scheduling_branch s WHERE s.id = branch_id), room_id
FROM windows
WHERE opens <= %(label)s::timestamp AND closes > %(label)s::timestamp
ORDER BY %(label)s::timestamp + make_interval(mins => minutes) > closes, extra_since DESC NULLS LAST
LIMIT 1
""",
    ]
)
