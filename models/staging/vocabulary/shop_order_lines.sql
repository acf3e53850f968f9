{{ told_in_one_vocabulary() }}
