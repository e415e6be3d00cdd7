function hiddenByPractice() { return false; }
