-- Of each customer, whom the segments claim: a boolean each, under the segment's name.
{{ segment_flags_of(ref('segment_inputs')) }}
