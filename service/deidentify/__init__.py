"""De-identification: what could name a person is covered in a note, and every offset stays true."""
