"""What calls cost: priced before they are sent, capped while they run, accounted for afterwards."""
