-- One row when there is room for so many; a negative number makes room.
update queue_depths set depth = depth + :count
where pipeline = :pipeline and depth + :count <= :limit
