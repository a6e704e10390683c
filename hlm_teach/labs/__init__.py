"""What all labs share: controls, picture, frame, prediction prompt. No lesson in here."""
